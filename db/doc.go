// Package db keeps one SQLite file: one writer, a pool of readers, and the
// promises that everything above it is built on.
//
//   - A write that returned nil is on the disk: WAL, synchronous=FULL, and
//     concurrent writes share one commit instead of weakening it.
//   - A write that returned an error left nothing behind, with one exception:
//     ErrUnknownOutcome. After it the DB refuses all work, because SQLite itself
//     no longer knows what is on the disk. The process must stop; the next start
//     reads what is really there.
//   - A read sees one snapshot from beginning to end.
//   - Open refuses a file that cannot keep these promises, and says what to do.
//
// It knows no tables but its own list of applied schema files. Each package that
// owns rows hands in a Schema with its numbered SQL files.
//
// Schema files are applied by sixty lines of our own: goose would raise
// modernc.org/libc above the one version that modernc.org/sqlite is built and
// tested with, and what is needed here (in order, once, each in a transaction,
// never an unknown or changed one) is less than goose's adapter would be.
package db
