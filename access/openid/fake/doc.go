// Package fake is a provider of OpenID Connect on the real wire, for tests and
// walks: it describes itself, asks nobody anything or shows a page with a button,
// gives codes that are bound to client, address and verifier, signs tokens, and
// lies wherever a Lie says so. Its keys are made anew in each process.
package fake
