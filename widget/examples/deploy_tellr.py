"""Deploy Tellr from marimo: ``marimo edit deploy_tellr.py``."""

import marimo

app = marimo.App(width="medium")


@app.cell
def _():
    import marimo as mo

    import tellr

    return mo, tellr


@app.cell
def _(mo):
    mo.md(
        """
        # Deploy Tellr

        Fill in what should differ from the defaults, look at what will happen, and press *Deploy*.
        """
    )


@app.cell
def _(mo, tellr):
    deployer = mo.ui.anywidget(tellr.Deployer())
    deployer
    return (deployer,)


@app.cell
def _(deployer):
    deployer.value.get("result")


if __name__ == "__main__":
    app.run()
