"""Words of pushing a model to the Hugging Face hub."""

TITLE = "Push to the Hugging Face hub"
LEAD = (
    "Uploads the model of this run and a model card. First you see exactly which files; nothing "
    "leaves this computer before you press Upload."
)
REPO = ("Name on the hub", "Your user name or organisation, a slash, and a name for the model.")
TOKEN = (
    "Token",
    "A token of the hub that may write. Empty takes the one of `hf auth login`. It is not kept.",
)
OWN_TOKEN = "A token of the hub that may write: your own, since others use this app too. Not kept."
MERGED = ("Whole weights", "Merge an adapter into its model, so that others need nothing else.")
PUBLIC = ("Public", "Everybody can see and download it. Otherwise only you can.")
SHOW = "Show what would be uploaded"
UPLOAD = "Upload"
FILES = "Files that would be uploaded"
FILE, SIZE = "File", "Size"
DONE = "Uploaded. The model is at"
CHANGED = (
    "The form is not the one that was shown. Press “Show what would be uploaded” again, and look "
    "at the list before you upload."
)
NEEDS_TOKEN = (
    "Other people use this app too, so its own token of the hub is not lent. Type a token of yours "
    "that may write."
)
