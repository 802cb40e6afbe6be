package index

import (
	"math"
	"testing"
)

func TestASampleIsSpreadOverWhatWasFound(t *testing.T) {
	t.Parallel()
	w := newWorld()
	const docs = 200_000 // four windows in three segments
	for i := range int64(docs) {
		term := "odd"
		if i%2 == 0 {
			term = "even"
		}
		w.add(Doc{Place: i, Seq: i}, term)
		if i == docs*2/5 || i == docs*4/5 {
			w.flush()
		}
	}
	result, err := w.index.Search(&Expr{Kind: Term, Term: "even"}, Everything)
	if err != nil {
		t.Fatal(err)
	}
	const n = 1000
	sample, total, err := result.Sample(n)
	if err != nil || total != docs/2 || len(sample) != n {
		t.Fatalf("%d of %d, %v", len(sample), total, err)
	}
	tenths, remainders := [10]int{}, [10]int{}
	for _, d := range sample {
		tenths[d.Place*10/docs]++
		remainders[d.Place/2%10]++
	}
	early := 0
	for _, d := range sample[:n/5] {
		if d.Place < docs/2 {
			early++
		}
	}
	if math.Abs(float64(early-n/10)) > 5*math.Sqrt(n/5*.25) {
		t.Errorf("%d of the first %d are of the first half of the time", early, n/5)
	}
	for i := range tenths {
		if tenths[i] < n/10-1 || tenths[i] > n/10+1 {
			t.Errorf("%d of the sample in one tenth of the time, want %d", tenths[i], n/10)
		}
		if math.Abs(float64(remainders[i]-n/10)) > 5*math.Sqrt(n*.09) {
			t.Errorf("%d of the sample with one remainder: not as by chance", remainders[i])
		}
	}
}
