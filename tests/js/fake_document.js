// As much of a document as the kit touches, so that no browser is needed.

class FakeNode {
  constructor(tag) {
    Object.assign(this, { tag, className: "", children: [], attributes: {}, dataset: {},
      heard: {}, title: "", disabled: false, type: "" });
    const rules = {};
    this.style = { rules, setProperty: (name, value) => { rules[name] = value; } };
  }

  append(...children) { this.children.push(...children); }

  setAttribute(name, value) { this.attributes[name] = value; }

  addEventListener(name, act) { this.heard[name] = act; }
}

export const install = () => {
  globalThis.HTMLTableCellElement = class extends FakeNode {};
  globalThis.document = {
    createElement: (tag) => (["td", "th"].includes(tag)
      ? new globalThis.HTMLTableCellElement(tag) : new FakeNode(tag)),
    createElementNS: (space, tag) => Object.assign(new FakeNode(tag), { space }),
  };
};
