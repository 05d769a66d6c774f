"""What tells the strategies apart in every chart, without what draws charts."""

# Okabe and Ito's colours, and a shape each: told apart with any colour vision, and in print.
STRATEGY_COLOURS = {"MTS": "#0072b2", "ATO": "#e69f00", "MTO": "#009e73"}
STRATEGY_SHAPES = {"MTS": "circle", "ATO": "square", "MTO": "triangle-up"}
