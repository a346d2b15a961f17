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

        Change the settings that should differ from the defaults, review the plan, and press
        *Deploy*.
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
