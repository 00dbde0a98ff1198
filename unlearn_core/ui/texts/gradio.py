"""Words that gradio itself puts on the page: they are translated like ours."""

ITS_OWN = (
    "Dataframe",
    "Download",
    "File upload",
    "More tabs",
    "Open cell menu",
    "Reset to default value",
    "Static column",
    "Textbox",
    "Toggle Sidebar",
    "Toggle all: {name}",
    "number input for {name}",
    "range slider for {name}",
)
