package firehose_test

import (
	"path/filepath"
	"testing"

	"hearth"
	"hearth/firehose"
)

func TestAStoredArchiveIsFilledFurtherAndAsked(t *testing.T) {
	t.Parallel()
	o := firehose.StoredOptions{Posts: 1500, Dir: filepath.Join(t.TempDir(), "kept"), Clock: hearth.SystemClock}
	f, err := firehose.Fill(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	if f.Filled != 1500 {
		t.Errorf("%d posts were kept, want 1,500", f.Filled)
	}
	o.Posts = 4000
	r, err := firehose.Stored(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	if r.Filling.Filled != 2500 || r.Filling.Posts != 4000 || r.Filling.BytesPerPost <= 0 {
		t.Errorf("filled further: %+v", r.Filling)
	}
	if len(r.Cold) < 20 || len(r.Warm) != len(r.Cold) {
		t.Fatalf("%d kinds of questions cold, %d warm", len(r.Cold), len(r.Warm))
	}
	for i, cold := range r.Cold {
		warm := r.Warm[i]
		if cold.Questions < 10 || cold.P50 <= 0 || cold.P99 < cold.P50 || cold.Cut > 0 {
			t.Errorf("%+v", cold)
		}
		if warm.Kind != cold.Kind || warm.Found != cold.Found {
			t.Errorf("asked again, %s found %d instead of %d", warm.Kind, warm.Found, cold.Found)
		}
		if cold.Found == 0 && cold.Kind != "a monitor" && cold.Kind != "a monitor, by day" && cold.Kind != "a monitor, facets" {
			t.Errorf("%s found nothing", cold.Kind)
		}
	}
}
