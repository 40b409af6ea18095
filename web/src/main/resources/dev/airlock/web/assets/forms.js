// What the scripts know of forms in common.

// Where somebody may have typed words; a password is nobody's to keep, and a search can be typed again.
export const words = "textarea, input:not([type=hidden], [type=checkbox], [type=radio], [type=range], [type=password], [type=search], [type=file])";
export const isTyped = field => field.matches("textarea") ? field.value.trim() !== "" : field.value !== field.defaultValue;
// Whether there is something in it that would be lost.
export const holds = form => form.method === "post" && [...form.querySelectorAll(words)].some(isTyped);
// What a press of the button does: pages follow what happens, and by then another form may stand at the same place.
export const meaning = (form, button) => [form.getAttribute("action"), button?.name, button?.value].join("\n");
