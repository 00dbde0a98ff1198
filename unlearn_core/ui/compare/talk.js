// What a person says to every column of a chat.

const makeTalk = (say) => {
  const form = el("form", "cmp-form cmp-say");
  const field = el("textarea", "cmp-field");
  field.rows = 2;
  field.dir = "auto";
  field.id = "cmp-say";
  const send = button(W.send, "", () => {});
  send.type = "submit";
  const problem = said("p", "cmp-problem", "");
  problem.setAttribute("role", "alert");
  form.append(labelled(W.say, field), send, problem);
  form.hidden = true;
  const submit = async (event) => {
    event.preventDefault();
    if (send.disabled) return;
    send.disabled = true;
    if (await say(field.value)) field.value = "";
    else send.disabled = false;
  };
  form.addEventListener("submit", submit);
  field.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && !event.shiftKey && !event.isComposing) submit(event);
  });
  return { form, send, tell: (words) => { problem.textContent = words; } };
};
