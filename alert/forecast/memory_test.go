package forecast

import "testing"

// The last numbers of the test of algorithms.md 3.
func TestMemoryIsThatOfTheReference(t *testing.T) {
	t.Parallel()
	for at, want := range map[float64]float64{0: 1, 60: .9624057, 300: .8120283, 3600: .4568331, 86400: .2189073} {
		if got := memoryLeft(at); got < want-1e-7 || got > want+1e-7 {
			t.Errorf("after %g s %.7f is left, want %.7f", at, got, want)
		}
	}
}
