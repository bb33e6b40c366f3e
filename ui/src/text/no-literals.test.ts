// Views have no English of their own: every sentence is in the catalogue, so that languages can come.

import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

import { parseSync } from 'vite';
import { expect, test } from 'vitest';

const VIEWS = join(import.meta.dirname, '../views');

/** Attributes that people read or hear, of elements and of our components. */
const SPOKEN_ATTRIBUTES = [
  'aria-label',
  'aria-description',
  'aria-roledescription',
  'aria-valuetext',
  'title',
  'placeholder',
  'alt',
  'label',
  'hint',
];

interface Node {
  readonly type: string;
  readonly [key: string]: unknown;
}

/** The English texts of a source file, in its order. */
function literalsOf(file: string, source: string): readonly string[] {
  const { program, errors } = parseSync(file, source);
  expect(errors).toEqual([]);
  const found: string[] = [];
  visitAll([program], 'elsewhere', found);
  return found;
}

/** `shown`: what stands here is shown or spoken, so every word counts. */
function visit(node: Node, place: 'shown' | 'elsewhere', found: string[]): void {
  switch (node.type) {
    case 'JSXText':
    case 'Literal':
    case 'TemplateElement': {
      const text = textOf(node);
      const counts =
        place === 'shown' || node.type === 'JSXText' ? hasWords(text) : isSentence(text);
      if (counts) found.push(text.trim());
      return;
    }
    case 'JSXAttribute': {
      const name = isNode(node['name']) ? node['name']['name'] : null;
      const isSpoken = SPOKEN_ATTRIBUTES.some((spoken) => spoken === name);
      return visitChildren(node, isSpoken ? 'shown' : 'elsewhere', found);
    }
    case 'JSXExpressionContainer':
      // An attribute decides for its expression; a child is shown.
      return visitChildren(node, place, found);
    case 'JSXElement':
    case 'JSXFragment': {
      visitAll([node['openingElement']], 'elsewhere', found);
      return visitAll(node['children'], 'shown', found);
    }
    case 'ConditionalExpression':
      // What is compared is not shown.
      visitAll([node['test']], 'elsewhere', found);
      return visitAll([node['consequent'], node['alternate']], place, found);
    case 'BinaryExpression':
    case 'CallExpression':
    case 'MemberExpression':
      return visitChildren(node, 'elsewhere', found);
    case 'ImportDeclaration':
    case 'TSLiteralType':
    // For developers.
    case 'NewExpression':
      return;
    default:
      return visitChildren(node, place, found);
  }
}

function visitChildren(node: Node, place: 'shown' | 'elsewhere', found: string[]): void {
  visitAll(Object.values(node), place, found);
}

function visitAll(values: unknown, place: 'shown' | 'elsewhere', found: string[]): void {
  for (const value of Array.isArray(values) ? values : []) {
    if (Array.isArray(value)) visitAll(value, place, found);
    else if (isNode(value)) visit(value, place, found);
  }
}

function isNode(value: unknown): value is Node {
  return typeof value === 'object' && value !== null && 'type' in value;
}

function textOf(node: Node): string {
  const { value } = node;
  if (typeof value === 'string') return value;
  if (typeof value === 'object' && value !== null && 'cooked' in value) return String(value.cooked);
  return '';
}

function hasWords(text: string): boolean {
  return /\p{L}{2}/u.test(text);
}

/** Elsewhere, only what looks like a sentence counts: keys and class names are words too. */
function isSentence(text: string): boolean {
  return /^\p{Lu}\p{Ll}+ \p{L}/u.test(text) || /\p{Ll} .*[.?!…]$/u.test(text);
}

const files = readdirSync(VIEWS, { recursive: true, encoding: 'utf8' }).filter(
  (name) => /\.tsx?$/u.test(name) && !name.endsWith('.test.ts'),
);

test.each(files)('view_has_no_english_of_its_own: %s', (name) => {
  expect(literalsOf(name, readFileSync(join(VIEWS, name), 'utf8'))).toEqual([]);
});

test.each([
  ['<p>Leave</p>', ['Leave']],
  ['<p>{isOn ? "Mute" : <b>Unmute</b>}</p>', ['Mute', 'Unmute']],
  ['<p>{`${count} more`}</p>', ['more']],
  ['<button aria-label="Leave call" type="button" />', ['Leave call']],
  ['<Button label={isOn ? "Mute" : "Unmute"} kind="plain" />', ['Mute', 'Unmute']],
  ['notify("You are alone.")', ['You are alone.']],
  ['({ does: "Leave the call" })', ['Leave the call']],
  ['<p className={styles["leave"]}>{kind === "camera" ? texts.a : null}</p>', []],
  ['<input title={texts.name} name="relay" />', []],
  ['<kbd aria-keyshortcuts="M">{" "}·</kbd>', []],
])('literals_are_found: %s', (source, literals) => {
  expect(literalsOf('a.tsx', source)).toEqual(literals);
});
