package jobs_test

import (
	"testing"

	"hearth/db"
)

// BenchmarkHold is what a lease adds to a transaction.
func BenchmarkHold(b *testing.B) {
	h := open(b)
	h.alone = true
	lease, err := h.join("one").Leases(h.store).Take(b.Context(), "source 1")
	if err != nil {
		b.Fatal(err)
	}
	err = h.store.Write(b.Context(), func(tx *db.Tx) error {
		for b.Loop() {
			if err := lease.Hold(tx); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		b.Fatal(err)
	}
}
