"""The app's entry in this folder; the app is `engine/ui/entry/app.py`. Start it with `make run` or `codp app`."""

from engine.ui.entry.app import main

if __name__ == "__main__":
    main()
