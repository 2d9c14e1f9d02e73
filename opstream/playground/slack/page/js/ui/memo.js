// A component that draws again only when one of its own properties is another one.
import { Component, h } from "../../vendor/preact-htm.js";

const differs = (a, b) => {
  const names = Object.keys(a);
  return names.length !== Object.keys(b).length || names.some((name) => !Object.is(a[name], b[name]));
};

export function memo(Draw) {
  return class extends Component {
    shouldComponentUpdate(next) {
      return differs(this.props, next);
    }
    render(props) {
      return h(Draw, props);
    }
  };
}
