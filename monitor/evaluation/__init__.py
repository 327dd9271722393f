"""How right Écoute is: labelled cases in the project, and figures with their intervals.

``design`` cases may be looked at to improve the program; ``measured`` ones only give the figures.
"""
