// Objects of Kubernetes from stdin, as YAML, against what the API server would say of them: each against the TypeScript type of
// its kind, which knows all fields and no others, and against the model's own checks of values. A finding is a line; exit code 1.
import {readFileSync} from 'node:fs';
import {fileURLToPath} from 'node:url';
import ts from 'typescript';
import {parseAllDocuments} from 'yaml';

const objects = parseAllDocuments(readFileSync(0, 'utf8')).map(document => {
    if (document.errors.length > 0) {
        throw document.errors[0];
    }
    return document.toJS();
}).filter(object => object !== null);
const findings = objects.length === 0 ? ['no object'] : [];
const nameOf = object => `${object.kind} ${object.metadata?.name}`;
const moduleOf = ({apiVersion, kind}) =>
    `${apiVersion.startsWith('monitoring.coreos.com/') ? '@kubernetes-models/prometheus-operator' : 'kubernetes-models'}/${apiVersion}/${kind}`;

for (const object of objects) {
    const model = (await import(moduleOf(object)))[object.kind];
    try {
        new model(object).validate();
    } catch (error) {
        findings.push(`${nameOf(object)}: ${error.message}`);
    }
}

// One file that is in memory only, beside this one so that it finds the same packages.
const file = fileURLToPath(new URL('objects.ts', import.meta.url));
const text = objects.map((object, i) =>
    `import type {I${object.kind} as T${i}} from ${JSON.stringify(moduleOf(object))};\n`
    + `export const o${i}: T${i} = ${JSON.stringify(object, null, 1)};\n`).join('');
const options = {
    module: ts.ModuleKind.NodeNext, moduleResolution: ts.ModuleResolutionKind.NodeNext, target: ts.ScriptTarget.ES2022,
    strict: true, noEmit: true, skipLibCheck: true, types: [],
};
const host = ts.createCompilerHost(options);
const {fileExists, getSourceFile} = host;
host.fileExists = name => name === file || fileExists(name);
host.getSourceFile = (name, ...rest) => name === file ? ts.createSourceFile(name, text, options.target) : getSourceFile(name, ...rest);
for (const diagnostic of ts.getPreEmitDiagnostics(ts.createProgram([file], options, host))) {
    const line = diagnostic.file?.fileName === file ? text.slice(0, diagnostic.start).split('\n').length - 1 : -1;
    const near = line < 0 ? '' : ` at ${text.split('\n')[line].trim().slice(0, 100)}`;
    findings.push(`${ts.flattenDiagnosticMessageText(diagnostic.messageText, ' ')}${near}`);
}

findings.forEach(finding => console.log(finding));
process.exitCode = findings.length > 0 ? 1 : 0;
