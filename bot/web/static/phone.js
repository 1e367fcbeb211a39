// A simulated phone: shows the thread as events bring it, and sends what is typed or tapped.
const thread = document.getElementById("thread");
const form = document.getElementById("write");
const box = document.getElementById("text");
const trouble = document.getElementById("trouble");
const { sender, address, name } = thread.dataset;

function show(message) {
  if (document.getElementById(`m${message.id}`)) return;
  const item = document.createElement("li");
  item.id = `m${message.id}`;
  item.className = message.direction === "in" ? "mine" : "theirs";
  const bubble = document.createElement("p");
  bubble.dir = "auto";
  bubble.textContent = message.text;
  // The side and the colour of a bubble say whose it is; this says so to whoever does not see them.
  const who = document.createElement("span");
  who.className = "unseen";
  who.textContent = message.direction === "in" ? "You: " : `${name}: `;
  item.append(who, bubble);
  for (const button of message.direction === "out" ? message.buttons : []) {
    const tap = document.createElement("button");
    tap.type = "button";
    tap.textContent = button.label;
    tap.addEventListener("click", () =>
      post({ text: button.label, button: { run: message.run, visit: message.visit, key: button.key } }));
    item.append(tap);
  }
  thread.append(item);
  item.scrollIntoView({ block: "end" });
}

async function post(what) {
  trouble.hidden = true;
  try {
    const answer = await fetch("/simulator/texts", {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ sender, address, ...what }),
    });
    if (!answer.ok) throw new Error((await answer.json()).error);
    return true;
  } catch (error) {
    trouble.textContent = `Not sent: ${error.message}`;
    trouble.hidden = false;
    return false;
  }
}

form.addEventListener("submit", async (event) => {
  event.preventDefault();
  const text = box.value;
  if (text.trim() && (await post({ text }))) box.value = "";
  box.focus();
});
box.addEventListener("keydown", (event) => {
  if (event.key === "Enter" && !event.shiftKey) {
    event.preventDefault();
    form.requestSubmit();
  }
});

const query = new URLSearchParams({ sender, address });
const events = new EventSource(`/simulator/events?${query}`);
events.addEventListener("message", (event) => show(JSON.parse(event.data)));
box.focus();
