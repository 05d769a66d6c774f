"""The catalogue, one file per part of the app: flat keys to English and Simplified Chinese, below each other."""
