// Brings third-party browser code into the repository: compiled, hashed and listed with its licences.
//   npm run vendor   writes the files below
//   npm run check    fails when the committed files differ from what would be written
// Written: src/banjie/web/static/vendor/*, its manifest.json, tests/vendor/axe.min.js and
// THIRD_PARTY_NOTICES.md. Nothing here runs in production: Python only reads manifest.json.
import { createHash } from "node:crypto";
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { basename, dirname, extname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import * as sass from "sass";

const here = dirname(fileURLToPath(import.meta.url));
const root = dirname(here);
const vendored = join(root, "src/banjie/web/static/vendor");
const modules = join(here, "node_modules");

const fromPackage = (name, path) => readFileSync(join(modules, name, path));
const about = (name) => JSON.parse(fromPackage(name, "package.json"));

const compiled = sass.compile(join(here, "govuk.scss"), {
  loadPaths: [modules],
  style: "compressed",
  charset: false,
  quietDeps: true,
});

// What pages load. The licence text comes from the package, or from licences/ when the package has none.
const assets = [
  { name: "govuk.css", package: "govuk-frontend", body: Buffer.from(onlyUsed(compiled.css) + "\n") },
  { name: "htmx.js", package: "htmx.org", body: withoutSourceMap(fromPackage("htmx.org", "dist/htmx.min.js")) },
];

const licences = [
  { package: "govuk-frontend", use: "页面样式，按本项目的色彩与字号编译（不含 GDS Transport 字体与皇冠标志）", text: readFileSync(join(here, "licences/govuk-frontend.txt")) },
  { package: "htmx.org", use: "页面局部更新", text: fromPackage("htmx.org", "LICENSE") },
  { package: "axe-core", use: "无障碍测试，只在测试中使用，不随软件包分发", text: fromPackage("axe-core", "LICENSE") },
];

// Of the compiled style sheet only what our pages name is kept: a third of it never is, and every visitor would load it.
// A name that ends with a hyphen ("govuk-input--width-") is completed by a template and keeps all that begin with it.
function onlyUsed(css) {
  const named = new Set();
  for (const file of readdirSync(join(root, "src/banjie/web"), { recursive: true })) {
    if (file.includes("vendor") || ![".html", ".py", ".js", ".css"].includes(extname(file))) continue;
    const text = readFileSync(join(root, "src/banjie/web", file), "utf8");
    for (const [name] of text.matchAll(/govuk-[\w-]+/g)) named.add(name);
  }
  const begun = [...named].filter((name) => name.endsWith("-"));
  const isUsed = (name) => named.has(name) || begun.some((start) => name.startsWith(start));
  const isKept = (selector) => {
    const names = selector.replace(/:not\([^)]*\)/g, "").replaceAll("\\", "").match(/\.(govuk-[\w!-]+|js-enabled)/g) ?? [];
    return names.every((name) => isUsed(name.slice(1)));
  };
  return rules(css).map(([head, body]) => keptRule(head, body, isKept)).join("");
}

// A rule with the selectors that are kept, or "" when none is. Rules inside @media and @supports are looked at alike.
function keptRule(head, body, isKept) {
  if (body === null || /^@(?!media|supports)/.test(head)) return body === null ? head : `${head}{${body}}`;
  if (head.startsWith("@")) {
    const inner = rules(body).map(([one, within]) => keptRule(one, within, isKept)).join("");
    return inner && `${head}{${inner}}`;
  }
  const kept = head.split(/,(?![^(]*\))/).filter(isKept);
  return kept.length > 0 ? `${kept.join(",")}{${body}}` : "";
}

// The rules of a compressed style sheet: [selectors or at-rule, body], the body null for a statement such as @charset.
function rules(css) {
  const found = [];
  let start = 0;
  while (start < css.length) {
    const open = css.indexOf("{", start);
    const end = css.indexOf(";", start);
    if (open < 0) break;
    if (end >= 0 && end < open) {
      found.push([css.slice(start, end + 1), null]);
      start = end + 1;
      continue;
    }
    let depth = 1;
    let at = open + 1;
    for (; depth > 0; at++) depth += css[at] === "{" ? 1 : css[at] === "}" ? -1 : 0;
    found.push([css.slice(start, open), css.slice(open + 1, at - 1)]);
    start = at;
  }
  return found;
}

// The source map is not vendored, and a browser's developer tools would ask our server for it.
function withoutSourceMap(body) {
  return Buffer.from(body.toString("utf8").replace(/\n?\/\/# sourceMappingURL=.*\s*$/, "\n"));
}

function build() {
  const files = new Map();
  const manifest = {};
  for (const asset of assets) {
    const digest = createHash("sha256").update(asset.body).digest("hex").slice(0, 12);
    const [stem, extension] = asset.name.split(/\.(?=[^.]+$)/);
    const file = `${stem}.${digest}.${extension}`;
    const { version, license } = about(asset.package);
    files.set(join(vendored, file), asset.body);
    manifest[asset.name] = {
      file,
      integrity: "sha384-" + createHash("sha384").update(asset.body).digest("base64"),
      bytes: asset.body.length,
      package: asset.package,
      version,
      licence: license,
    };
  }
  files.set(join(vendored, "manifest.json"), Buffer.from(JSON.stringify(manifest, null, 2) + "\n"));
  files.set(join(root, "tests/vendor/axe.min.js"), fromPackage("axe-core", "axe.min.js"));
  files.set(join(root, "THIRD_PARTY_NOTICES.md"), Buffer.from(notices()));
  return files;
}

function notices() {
  const head =
    "# 第三方软件声明 Third-party notices\n\n" +
    "本文件由 `frontend/vendor.mjs` 生成，请勿手工修改。下列文件随源代码一起保存，各按其许可证使用。\n" +
    "Python 依赖由安装工具另行安装，其许可证见各软件包。\n";
  const sections = licences.map((licence) => {
    const { version, license, homepage } = about(licence.package);
    const text = licence.text.toString("utf8").trim().replace(/[ \t]+$/gm, "");
    return `\n## ${licence.package} ${version}（${license}）\n\n${licence.use}。\n${homepage}\n\n\`\`\`text\n${text}\n\`\`\`\n`;
  });
  return head + sections.join("");
}

function differences(files) {
  const found = [];
  for (const [path, body] of files) {
    let committed;
    try {
      committed = readFileSync(path);
    } catch {
      found.push(`缺少 ${relative(root, path)}`);
      continue;
    }
    if (!committed.equals(body)) found.push(`不一致 ${relative(root, path)}`);
  }
  const expected = new Set([...files.keys()].map((path) => basename(path)));
  for (const file of readdirSync(vendored)) {
    if (!expected.has(file)) found.push(`多余 ${relative(root, join(vendored, file))}`);
  }
  return found;
}

const files = build();
if (process.argv.includes("--check")) {
  const found = differences(files);
  if (found.length > 0) {
    console.error(found.join("\n") + "\n请运行 npm run vendor 后提交。");
    process.exit(1);
  }
  console.log(`${files.size} 个文件与已提交的一致。`);
} else {
  rmSync(vendored, { recursive: true, force: true });
  for (const [path, body] of files) {
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, body);
    console.log(`${String(body.length).padStart(8)}  ${relative(root, path)}`);
  }
}
