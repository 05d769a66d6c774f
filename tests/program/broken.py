"""A wrong coefficient in the arrays, and nowhere else: what the tests of agreement and of certification have to see."""

from dataclasses import replace

from engine.program.assemble import Assembly


def break_block(monkeypatch, name, variable, *, factor=1.01):
    """From now on the arrays multiply the coefficients of one variable in one block; the Pyomo model does not."""
    put = Assembly.put

    def wrong(self, block):
        if block.name == name:
            pieces = [
                replace(piece, coefficient=factor * piece.coefficient) if piece.variable == variable else piece
                for piece in block.form
            ]
            block = replace(block, form=tuple(pieces))
        put(self, block)

    monkeypatch.setattr(Assembly, "put", wrong)
