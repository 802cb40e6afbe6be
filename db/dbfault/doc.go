// Package dbfault makes disks fail under SQLite, for tests. It puts itself
// between SQLite and the operating system (a VFS that wraps SQLite's own), sees
// every call on the files of a watched directory, and lets the test decide what
// becomes of it: done, refused, done in part, late. What it records can be made
// into the disk that a power cut would have left at any moment.
//
// It must never be part of a program: it changes what every connection of the
// process goes through. Only tests import it.
package dbfault
