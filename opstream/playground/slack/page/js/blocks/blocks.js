// The table of contents of blocks: which type is drawn by what.
import { html, Component } from "../../vendor/preact-htm.js";
import { Markdown } from "../text/markdown_view.js";
import { RichText } from "../text/rich_text.js";
import { Actions, Context, Divider, File, Header, Picture, Section, Unknown, Video } from "./basic.js";
import { Alert, Card, Carousel, Container } from "./cards.js";
import { Chart } from "./chart.js";
import { Input } from "./input.js";
import { ContextActions, Plan, TaskCard } from "./plan.js";
import { DataTable, Table } from "./tables.js";

const kinds = {
  __proto__: null,
  header: Header,
  section: Section,
  context: Context,
  actions: Actions,
  divider: Divider,
  image: Picture,
  video: Video,
  file: File,
  markdown: ({ block }) => html`<${Markdown} text=${block.text} />`,
  rich_text: RichText,
  plan: Plan,
  task_card: TaskCard,
  context_actions: ContextActions,
  table: Table,
  data_table: DataTable,
  data_visualization: Chart,
  alert: Alert,
  card: Card,
  carousel: Carousel,
  container: ({ block }) => html`<${Container} block=${block} draw=${drawAll} />`,
  input: Input,
};

/** A block that breaks while it is drawn takes nothing else with it. */
class Safe extends Component {
  static getDerivedStateFromError() {
    return { broken: true };
  }
  componentDidUpdate(before) {
    if (this.state.broken && before.block !== this.props.block) this.setState({ broken: false });
  }
  render({ block, children }) {
    if (!this.state.broken) return children;
    return html`<div class="unknown">This ${String(block.type)} block is malformed and cannot be shown</div>`;
  }
}

function Block({ block }) {
  const Kind = kinds[block.type] ?? Unknown;
  return html`<div class="block" data-block-id=${block.block_id} data-block-type=${block.type}>
    <${Safe} block=${block}><${Kind} block=${block} /><//>
  </div>`;
}

const drawAll = (blocks) => html`<${Blocks} blocks=${blocks} />`;

/** An edit may give every block a new id; by its place a block keeps what is folded open. Inputs move by their id. */
const keyOf = (block, at) => (block.type === "input" ? block.block_id : `${block.type}-${at}`);

export function Blocks({ blocks }) {
  return html`<div class="blocks">
    ${blocks.map((block, at) => html`<${Block} key=${keyOf(block, at)} block=${block} />`)}
  </div>`;
}
