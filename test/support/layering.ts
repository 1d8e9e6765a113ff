/**
 * What each layer may import and which parts of the language it may use, checked on the syntax tree, so that
 * a word in a comment or a string is no finding.
 */
import { readdirSync, readFileSync } from 'node:fs'
import { join, posix } from 'node:path'
import ts from 'typescript'

export const LAYERS = ['src', 'envs', 'agents', 'benchmarks', 'report', 'cli'] as const

/** Folders or files that a layer may import, itself included. */
const MAY_IMPORT: Readonly<Record<string, readonly string[]>> = {
  src: ['src/'],
  envs: ['envs/', 'src/'],
  agents: ['agents/', 'src/gym/', 'src/policies/', 'src/random/', 'src/errors.ts', 'src/version.ts'],
  benchmarks: ['benchmarks/', 'src/', 'envs/', 'agents/'],
  report: ['report/', 'src/results/', 'src/analysis/', 'src/errors.ts'],
  cli: ['cli/', 'benchmarks/', 'report/', 'src/', 'envs/', 'agents/'],
}

/** `src` runs in a browser: these packages do too. */
const SRC_PACKAGES = ['msgpackr', 'seedrandom', 'yaml', 'zod']

/** Exactly specified by ECMAScript, or constants; everything else of Math may differ between engines. */
const EXACT_MATH = new Set(
  'abs ceil clz32 floor fround imul max min round sign sqrt trunc E LN10 LN2 LOG10E LOG2E PI SQRT1_2 SQRT2'.split(
    ' ',
  ),
)

const NODE_GLOBALS = new Set([
  'Buffer',
  '__dirname',
  '__filename',
  'global',
  'process',
  'require',
  'setImmediate',
])
const CLOCKS = new Set(['Date', 'performance'])
const EXACT_RESULTS = new Set(['src', 'envs', 'agents'])

/** The findings in one source file, each `file:line what. What to do.` */
export function findViolations(file: string, text: string): string[] {
  const layer = file.slice(0, file.indexOf('/'))
  const source = ts.createSourceFile(file, text, ts.ScriptTarget.ES2023, true)
  const findings: string[] = []
  const report = (node: ts.Node, message: string): void => {
    const line = source.getLineAndCharacterOfPosition(node.getStart(source)).line + 1
    findings.push(`${file}:${line} ${message}`)
  }
  const visit = (node: ts.Node): void => {
    const specifier = importedFrom(node)
    if (specifier !== undefined) checkImport(file, layer, specifier, (message) => report(node, message))
    if (EXACT_RESULTS.has(layer)) checkLanguage(node, (message) => report(node, message))
    if (layer === 'src' && ts.isIdentifier(node) && isGlobal(node) && NODE_GLOBALS.has(node.text)) {
      report(node, `uses ${node.text}. src runs in a browser too: take what you need as a parameter.`)
    }
    ts.forEachChild(node, visit)
  }
  visit(source)
  return findings
}

/** Static and dynamic imports, re-exports, `import()` types and `require`. */
function importedFrom(node: ts.Node): string | undefined {
  if (ts.isImportDeclaration(node) || ts.isExportDeclaration(node)) {
    return node.moduleSpecifier && ts.isStringLiteral(node.moduleSpecifier)
      ? node.moduleSpecifier.text
      : undefined
  }
  if (ts.isImportTypeNode(node)) {
    return ts.isLiteralTypeNode(node.argument) && ts.isStringLiteral(node.argument.literal)
      ? node.argument.literal.text
      : undefined
  }
  if (!ts.isCallExpression(node) || node.expression.kind !== ts.SyntaxKind.ImportKeyword) return undefined
  const [argument] = node.arguments
  return argument && ts.isStringLiteralLike(argument) ? argument.text : undefined
}

function checkImport(
  file: string,
  layer: string,
  specifier: string,
  report: (message: string) => void,
): void {
  if (specifier.startsWith('.')) {
    const target = posix.join(posix.dirname(file), specifier)
    const allowed = MAY_IMPORT[layer] ?? []
    if (allowed.some((prefix) => target.startsWith(prefix))) return
    report(`imports ${target}. ${layer} may import ${allowed.join(', ')} only.`)
    return
  }
  if (layer !== 'src') return
  const name = specifier.split('/')[0] ?? specifier
  if (specifier.startsWith('node:')) {
    report(`imports ${specifier}. src runs in a browser too: take what you need as a parameter.`)
  } else if (!SRC_PACKAGES.includes(name)) {
    report(`imports ${specifier}. src may use the packages ${SRC_PACKAGES.join(', ')} only.`)
  }
}

function checkLanguage(node: ts.Node, report: (message: string) => void): void {
  if (
    node.kind === ts.SyntaxKind.AsteriskAsteriskToken ||
    node.kind === ts.SyntaxKind.AsteriskAsteriskEqualsToken
  ) {
    report('uses **, whose bits differ between engines. Use pow of src/random/math.ts, or multiply.')
  }
  if (!ts.isIdentifier(node) || !isGlobal(node)) return
  if (CLOCKS.has(node.text))
    report(`uses ${node.text}. Results never depend on a wall clock: use the simulated time.`)
  if (node.text !== 'Math') return
  const member = memberOf(node)
  if (member === 'random') report('uses Math.random. Draw from a Stream or from Draws (src/random).')
  else if (member === undefined)
    report('takes Math apart. Write Math.sqrt and the like in full, so that this check can read them.')
  else if (!EXACT_MATH.has(member)) {
    report(`uses Math.${member}, whose bits differ between engines. Use src/random/math.ts.`)
  }
}

/** `x` of `Math.x` and `Math['x']`. */
function memberOf(node: ts.Identifier): string | undefined {
  const { parent } = node
  if (ts.isPropertyAccessExpression(parent) && parent.expression === node) return parent.name.text
  const literal =
    ts.isElementAccessExpression(parent) && parent.expression === node && parent.argumentExpression
  return literal && ts.isStringLiteralLike(literal) ? literal.text : undefined
}

/** False where the identifier is a member, a key, a type or the name of a declaration. */
function isGlobal(node: ts.Identifier): boolean {
  const { parent } = node
  if (ts.isPropertyAccessExpression(parent)) return parent.expression === node
  if (ts.isTypeReferenceNode(parent) || ts.isQualifiedName(parent)) return false
  if (ts.isPropertyAssignment(parent)) return parent.initializer === node
  if (ts.isBindingElement(parent)) return parent.initializer === node
  if (ts.isVariableDeclaration(parent)) return parent.initializer === node
  return !(
    ts.isPropertySignature(parent) ||
    ts.isPropertyDeclaration(parent) ||
    ts.isMethodDeclaration(parent) ||
    ts.isMethodSignature(parent) ||
    ts.isParameter(parent) ||
    ts.isTypeAliasDeclaration(parent) ||
    ts.isInterfaceDeclaration(parent) ||
    ts.isImportSpecifier(parent) ||
    ts.isExportSpecifier(parent)
  )
}

/** TypeScript files of the layers; AssemblyScript is another language and has its own rules. */
export function sourceFiles(root: string): { file: string; text: string }[] {
  return LAYERS.flatMap((layer) =>
    readdirSync(join(root, layer), { recursive: true, encoding: 'utf8' })
      .map((name) => `${layer}/${name.replaceAll('\\', '/')}`)
      .filter((file) => file.endsWith('.ts') && !file.startsWith('agents/nn/kernel/assembly/'))
      .map((file) => ({ file, text: readFileSync(join(root, file), 'utf8') })),
  )
}
