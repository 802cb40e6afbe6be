// Package backup copies an installation while it runs, and puts a copy back.
//
// A backup is a directory with one part for each database and a manifest:
//
//	hearth.db      sources, monitors, settings; as of one moment
//	archive.db     posts and everything made of them; as of a later moment
//	manifest.json  what the parts are: size, SHA-256, schemas, rows, version
//
// A part that is encrypted (age, to one or more recipients) has .age behind its
// name.
//
// What it guarantees:
//
//   - Nothing that looks like a backup is incomplete: it grows under a name that
//     ends in .part and gets its own when every part is on the disk, was opened,
//     read to its last page and found sound.
//   - No transaction spans the two databases, so the state is copied first: what
//     it says about the archive, the archive of the backup has seen.
//   - Restore writes to a directory that is not there yet, checks every part
//     before and after, and names the directory when all is done.
//
// What it refuses: to open a database that is in use (the driver alone does, see
// db.DB.Snapshot), to overwrite anything, to guess at a backup whose manifest or
// parts are not as they were written. The keys that open sealed secrets are in
// no backup: a stolen one opens nothing. The token index and the counts are in
// it, though they could be made anew: leaving them out would take longer than
// copying them.
package backup
