package replay

import (
	"testing"
	"time"

	"hearth"
	"hearth/network"
)

func FuzzEntries(f *testing.F) {
	var s Sheet
	s.Add(&network.Event{Op: network.Update, Revision: "r", Post: hearth.Post{Network: "town", ID: "1", Text: "Pie", Links: []string{"a", "b"}}}, 3, time.Unix(1, 0))
	s.Add(&network.Event{Post: hearth.Post{Network: "town", ID: "2", Hashtags: []string{"pie"}}}, 3, time.Unix(2, 0))
	f.Add(string(s.b))
	f.Add("")
	f.Fuzz(func(t *testing.T, body string) {
		var r entries
		r.r.Reuse, r.r.S = true, body
		n := 0
		for e := (Entry{}); r.next(&e); n++ {
			if e.Event.Op > network.Update {
				t.Fatalf("entry of kind %d", e.Event.Op)
			}
		}
		if n > len(body) {
			t.Fatalf("%d entries of %d bytes", n, len(body))
		}
	})
}
