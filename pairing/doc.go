// Package pairing proves at each start that the stores of an installation belong
// together and that none of them is an older copy. The engines cannot know:
// SQLite opens an old file beside a newer WAL without a word and answers
// wrongly, and an archive of last week is a perfect database.
//
// What it writes down:
//
//   - In each store, the random name of the installation and a number that rises
//     with each start, in hearth.db first. In the head of each SQLite file both
//     stand a second time (as application id and user version), moved there by a
//     checkpoint, so that they can be read from the file without its WAL.
//   - In hearth.db, how many rows the archive's log had for certain: at the end,
//     and every now and then before.
//   - In stores.json beside SQLite files, which number each file has and which
//     WAL belongs to it, and whether they are open: a WAL is removed by whoever
//     closes the database, so one that is gone without that was taken away.
//
// What it refuses, with a Mismatch that says what was found and what to do:
// files that are missing, exchanged, of another installation, of another day;
// a WAL that is missing, foreign, older than its database, or damaged before its
// end; a log that ends before the mark, with the numbers of the rows that are
// missing. A lost tail of a WAL that was written after the last mark, and an
// installation all of whose files are equally old, look like a crash and a
// restore, and pass.
//
// On PostgreSQL there are no files: the names, the numbers and the mark are
// compared.
package pairing
