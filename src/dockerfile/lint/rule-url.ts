/** The page of docker's that explains a rule: `JSONArgsRecommended` is at `…/json-args-recommended/`. */
export function ruleURL(name: string): string {
  const words = name.replace(/([A-Z]+)(?=[A-Z][a-z]|$)|([A-Z][a-z]+)/g, '-$&').slice(1);
  return `https://docs.docker.com/go/dockerfile/rule/${words.toLowerCase()}/`;
}
