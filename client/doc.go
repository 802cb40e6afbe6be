// Package client is the public Go client of Hearth's JSON API, and the home of
// the documents that the API speaks: package api answers with the very types
// declared here, so the two cannot drift apart.
//
//	c, err := client.New("http://127.0.0.1:8787", client.Options{Key: key})
//	page, err := c.Search(ctx, client.Search{Query: `"cold coffee" AND lang:en`})
//
// A Client is safe for concurrent use. Every method ends with its context.
// An answer that says what went wrong comes back as a *hearth.Error with its
// code, so hearth.ErrorCode works on both sides of the wire. Streams (export,
// follow, import) hold one record at a time. The package retries nothing: a
// caller knows best what may be asked twice.
package client
