package db_test

import (
	"encoding/binary"
	"os"
	"path/filepath"
	"testing"

	"hearth/db"
	"hearth/db/dbtest"
)

// worked is the path of a database with ten commits in its WAL, as a crash would
// leave it.
func worked(t *testing.T) string {
	t.Helper()
	home := t.TempDir()
	d, err := db.Open(t.Context(), filepath.Join(home, "live.db"), db.Options{Readers: 1})
	if err != nil {
		t.Fatal(err)
	}
	defer d.Close()
	write := func(f func(tx *db.Tx) error) {
		t.Helper()
		if err := d.Write(t.Context(), f); err != nil {
			t.Fatal(err)
		}
	}
	exec := func(text string) func(tx *db.Tx) error {
		return func(tx *db.Tx) error { _, err := tx.Exec(text); return err }
	}
	write(exec("CREATE TABLE t (n INTEGER NOT NULL)"))
	write(func(tx *db.Tx) error { return tx.Stamp(0x11223344, 7) })
	if err := d.Checkpoint(t.Context()); err != nil {
		t.Fatal(err)
	}
	for range 10 {
		write(exec("INSERT INTO t (n) VALUES (1)"))
	}
	path := filepath.Join(home, "copy.db")
	for _, end := range []string{"", "-wal"} {
		text, err := os.ReadFile(filepath.Join(home, "live.db") + end)
		if err == nil {
			err = os.WriteFile(path+end, text, 0o600)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	return path
}

func TestFilesTellTheirStampAndTheirWAL(t *testing.T) {
	t.Parallel()
	dbtest.SQLiteOnly(t, "about files")
	path := worked(t)
	f, err := db.ReadFiles(path)
	if err != nil {
		t.Fatal(err)
	}
	if f.Mark != 0x11223344 || f.Stamp != 7 || f.WAL.Empty() || f.WAL.Torn || f.WAL.Family == 0 {
		t.Errorf("the files say %+v", f)
	}
	family := f.WAL.Family
	d, err := db.Open(t.Context(), path, db.Options{Readers: 1})
	if err != nil {
		t.Fatal(err)
	}
	defer d.Close()
	for range 3 {
		for _, step := range []func() error{
			func() error { return d.Checkpoint(t.Context()) },
			func() error {
				return d.Write(t.Context(), func(tx *db.Tx) error { _, err := tx.Exec("INSERT INTO t (n) VALUES (1)"); return err })
			},
		} {
			if err := step(); err != nil {
				t.Fatal(err)
			}
		}
		w, err := db.ReadWAL(path)
		if err != nil || w.Family != family || w.Reset <= f.WAL.Reset {
			t.Errorf("the WAL, begun again: %+v, was %+v (%v)", w, f.WAL, err)
		}
		f.WAL = w
	}
	if f, err := db.ReadFiles(path + "none"); err != nil || f.Size != -1 || f.WAL.Size != -1 {
		t.Errorf("no files: %+v %v", f, err)
	}
}

// A WAL that is damaged before its last transaction is told from one whose end
// was being written when the power went.
//
// proves F7 for WALs
func TestAWALIsTornWhereConfirmedTransactionsStandBehindDamage(t *testing.T) {
	t.Parallel()
	dbtest.SQLiteOnly(t, "about files")
	path := worked(t)
	whole, err := os.ReadFile(path + "-wal")
	if err != nil {
		t.Fatal(err)
	}
	const frame = 24 + 4096
	var ends []int // of transactions
	for at := 32; at+frame <= len(whole); at += frame {
		if binary.BigEndian.Uint32(whole[at+4:]) != 0 {
			ends = append(ends, at+frame)
		}
	}
	if len(ends) != 10 {
		t.Fatalf("the WAL has %d transactions", len(ends))
	}
	look := func(text []byte) bool {
		t.Helper()
		if err := os.WriteFile(path+"-wal", text, 0o600); err != nil {
			t.Fatal(err)
		}
		f, err := db.ReadFiles(path)
		if err != nil {
			t.Fatal(err)
		}
		return f.WAL.Torn
	}
	hurt := make([]byte, len(whole))
	for at := 32; at < len(whole); at += 97 {
		copy(hurt, whole)
		hurt[at] ^= 1 << (at % 8)
		place := (at - 32) % frame
		if place >= 4 && place < 8 && at >= ends[8] { // may or may not end the last transaction now
			continue
		}
		want := at < ends[7] || at < ends[8] && (place < 8 || place >= 16)
		// In the last but one, damaged salts make its frame nobody's.
		if place >= 8 && place < 16 && at >= ends[7] {
			want = false
		}
		if got := look(hurt); got != want {
			t.Errorf("damage at byte %d (of the frame %d): torn %v", at, place, got)
		}
	}
	for _, cut := range []int{0, 10, 32, 33, 32 + frame, 32 + frame + 5, len(whole) - 1, len(whole)} {
		if look(whole[:cut]) {
			t.Errorf("cut to %d bytes it is torn", cut)
		}
	}
	for at := range 32 {
		copy(hurt, whole)
		hurt[at] ^= 0x40
		if !look(hurt) {
			t.Errorf("damage at byte %d of the head goes unnoticed", at)
		}
	}
	copy(hurt, make([]byte, 32))
	if look(hurt) {
		t.Error("a head that never reached the disk is taken for damage")
	}
}

func FuzzReadWAL(f *testing.F) {
	f.Add([]byte{})
	f.Add(binary.BigEndian.AppendUint32(nil, 0x377f0682))
	f.Add(make([]byte, 5000))
	f.Fuzz(func(t *testing.T, text []byte) {
		path := filepath.Join(t.TempDir(), "x.db")
		if err := os.WriteFile(path+"-wal", text, 0o600); err != nil {
			t.Fatal(err)
		}
		if _, err := db.ReadFiles(path); err != nil {
			t.Error(err)
		}
	})
}
