package monitor_test

import (
	"testing"

	"hearth"
	"hearth/access"
	"hearth/db"
)

// proves F24: a post that could not be counted is shown, and counted when the
// cause is mended.
func TestARowThatCouldNotBeCountedIsShownAndCountedWhenReplayed(t *testing.T) {
	t.Parallel()
	h := open(t)
	h.listen("pie")
	consumer, err := h.monitors.Consumer(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	results := h.arrive(post("a", "pie"), post("b", "pie"))
	err = h.store.Write(t.Context(), func(tx *db.Tx) error { // as archive.Consume leaves it
		for _, r := range results {
			if _, err := tx.Exec("INSERT INTO consumer_dead_letter (workspace_id, consumer, seq, error, at) VALUES (?, ?, ?, ?, ?)",
				int64(here), consumer.Name, int64(r.Seq), "oh dear", noon.UnixMicro()); err != nil {
				return err
			}
		}
		_, err := tx.Exec("INSERT INTO consumer_position (consumer, seq) VALUES (?, ?)", consumer.Name, int64(results[1].Seq))
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	if n := h.total(0); n != 0 {
		t.Fatalf("%d are counted already", n)
	}
	list, total, err := h.monitors.DeadLetters(t.Context(), owner, 0, 1)
	if err != nil || total != 2 || len(list) != 1 || list[0].Seq != results[0].Seq || list[0].Error != "oh dear" || list[0].Post.ID != "a" {
		t.Fatalf("%+v, %d, %v", list, total, err)
	}
	if err := h.monitors.ReplayDeadLetter(t.Context(), owner, results[0].Seq); err != nil {
		t.Fatal(err)
	}
	if n := h.total(0); n != 1 {
		t.Errorf("%d are counted, want 1", n)
	}
	for _, act := range []func() error{
		func() error { return h.monitors.ReplayDeadLetter(t.Context(), owner, results[0].Seq) },
		func() error {
			return h.monitors.ReplayDeadLetter(t.Context(), access.LocalOwner(2), results[1].Seq)
		},
		func() error {
			return h.monitors.DismissDeadLetter(t.Context(), access.LocalOwner(2), results[1].Seq)
		},
	} {
		if err := act(); hearth.ErrorCode(err) != hearth.NotFound {
			t.Errorf("%v", err)
		}
	}
	if err := h.monitors.DismissDeadLetter(t.Context(), owner, results[1].Seq); err != nil {
		t.Fatal(err)
	}
	if list, total, err := h.monitors.DeadLetters(t.Context(), owner, 0, 0); err != nil || total != 0 || len(list) != 0 {
		t.Errorf("left: %+v, %d, %v", list, total, err)
	}
}
