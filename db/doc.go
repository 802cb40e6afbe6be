// Package db keeps one database: one writer, a pool of readers, and the
// promises that everything above it is built on.
//
//   - A write that returned nil is on the disk, and concurrent writes share one
//     commit instead of weakening it.
//   - A write that returned an error left nothing behind, with one exception:
//     ErrUnknownOutcome. After it the DB refuses all work, because the engine
//     itself does not know what is on the disk. The process must stop; the next
//     start reads what is really there.
//   - A read sees one snapshot from beginning to end.
//   - Open refuses what cannot keep these promises, and says what to do.
//
// There are two engines. SQLite (WAL, synchronous=FULL) is a file for one
// process. PostgreSQL (synchronous_commit=on, one schema of a database for each
// store) is for any number of them: every write transaction takes one lock of
// the store, so that at any moment one process writes, and SQL that was thought
// out for one writer stays right. A connection that was lost is made again for
// the next read or write; what was under way fails, and is known not to be saved
// unless its commit was under way.
//
// Both run the same text, in the common subset of both: INTEGER (64 bits), TEXT
// (compared by bytes) and BLOB columns, ? or ?1 for parameters, RETURNING, ON
// CONFLICT, FILTER; ids are given, never made by the engine; integers are
// compared with integers; what is not ordered has no order. A statement that may
// break a constraint and go on is run by Tx.Try. Triggers have one form, which
// refuses a change. What PostgreSQL has other words for is translated: see
// placeholders and schemaText. A text may hold any bytes on both (see storable).
//
// As each statement is a round trip to a server, many rows are written by
// Tx.Many and asked for by a list (see Ints). RoundTrips counts them, so that
// tests can hold their number.
//
// It knows no tables but its own list of applied schema files. Each package that
// owns rows hands in a Schema with its numbered SQL files.
//
// Schema files are applied by sixty lines of our own: goose would raise
// modernc.org/libc above the one version that modernc.org/sqlite is built and
// tested with, and what is needed here (in order, once, each in a transaction,
// never an unknown or changed one) is less than goose's adapter would be.
package db
