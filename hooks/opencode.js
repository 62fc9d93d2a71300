// Tells OpenCode's sessions what memtui chose; on any trouble nothing.
//
// It runs the same script as the hooks of other clients, once a session, and puts
// the text into the system prompt. `memtui install` writes where the hooks are.
import { execFile } from "node:child_process"

const HOOKS = ""

const run = (script, words, cwd) =>
  new Promise((done) => {
    const options = { cwd, timeout: 5000, maxBuffer: 1 << 20 }
    const child = execFile("/bin/sh", [`${HOOKS}/${script}`, ...words], options, (error, out) => done(error ? "" : out))
    child.on("error", () => done(""))
    child.stdin?.end()
  })

const ask = async (source, cwd) => {
  try {
    const text = JSON.parse(await run("session-start", [source, "opencode"], cwd)).hookSpecificOutput.additionalContext
    return typeof text === "string" ? text : ""
  } catch {
    return "" // nothing is exported for this place
  }
}

export const Memtui = async ({ directory }) => {
  const told = new Map() // by session: what it was told when it began, until compacted
  const tell = (id, source) => told.has(id) && source === "startup" ? told.get(id) : told.set(id, ask(source, directory)).get(id)
  return {
    event: async ({ event: { type, properties } }) => {
      const id = properties?.sessionID ?? properties?.info?.id
      if (type === "session.created" && id) {
        await tell(id, "startup")
        run("sync", ["start", "opencode"], directory)
      }
      if (type === "session.compacted" && id) tell(id, "compact")
      if (type === "session.deleted" && id) told.delete(id)
      if (type === "session.idle") run("sync", [], directory)
    },
    "experimental.chat.system.transform": async (input, output) => {
      const text = await tell(input?.sessionID ?? "", "startup")
      if (text) output.system.push(text)
    },
  }
}
