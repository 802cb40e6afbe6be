// Package api is the JSON face of Hearth: one route for each verb of the
// capabilities, described by OpenAPI 3.1 at /api/openapi.json.
//
// A handler turns a request into a verb's arguments and its result into a
// document of package client; it decides nothing. Errors are problem documents
// (RFC 9457) whose status follows from their code by one table. Lists go by
// cursors, streams are NDJSON. Bodies are bounded, unknown and repeated names
// in them are refused, and every request has a deadline or, for streams, one
// for each step.
//
// The package does not listen, does not know who may reach it (server decides
// that and gives it the actor) and never touches a database.
package api
