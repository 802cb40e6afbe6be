package pack

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

func samples(n int) (list [][]byte) {
	r := rand.New(rand.NewPCG(1, 1))
	words := strings.Fields("the of and to in is that it was for on are with as they at be this have from or one had by word")
	for range n {
		var b strings.Builder
		fmt.Fprintf(&b, "at://did:plc:%024x/app.example.post/%013x", r.Uint64(), r.Uint64())
		for range 3 + r.IntN(20) {
			b.WriteString(words[r.IntN(len(words))] + " ")
		}
		list = append(list, []byte(b.String()))
	}
	return list
}

func trained(t testing.TB) *Table {
	t.Helper()
	table, err := Open(Train(samples(500), 300))
	if err != nil {
		t.Fatal(err)
	}
	return table
}

func TestWhatIsPackedComesBack(t *testing.T) {
	t.Parallel()
	table := trained(t)
	list := samples(50)
	rapid.Check(t, func(t *rapid.T) {
		var text []byte
		for range rapid.IntRange(0, 6).Draw(t, "pieces") {
			switch rapid.IntRange(0, 3).Draw(t, "piece") {
			case 0:
				text = append(text, rapid.SliceOfN(rapid.Byte(), 0, 300).Draw(t, "noise")...)
			case 1:
				text = append(text, list[rapid.IntRange(0, 49).Draw(t, "sample")]...)
			case 2: // what was there before
				from := rapid.IntRange(0, len(text)).Draw(t, "from")
				text = append(text, text[from:rapid.IntRange(from, len(text)).Draw(t, "to")]...)
			case 3:
				text = append(text, bytes.Repeat([]byte("ab"), rapid.IntRange(0, 50_000).Draw(t, "repeats"))...)
			}
		}
		packed := table.Pack([]byte("before"), text)
		if len(packed) > 6+10+len(text)*2 {
			t.Fatalf("%d bytes became %d", len(text), len(packed))
		}
		back, err := table.Unpack([]byte("kept"), packed[6:], len(text))
		if err != nil || string(back) != "kept"+string(text) {
			t.Fatalf("%d bytes came back as %d, %v", len(text), len(back)-4, err)
		}
		if _, err := table.Unpack(nil, packed[6:], len(text)-1); len(text) > 0 && err == nil {
			t.Fatal("a text longer than the limit came back")
		}
	})
}

func TestSamplesTakeLessThanHalf(t *testing.T) {
	t.Parallel()
	table := trained(t)
	plain, packed := 0, 0
	for _, s := range samples(600)[500:] {
		plain += len(s)
		packed += len(table.Pack(nil, s))
	}
	if packed*2 > plain {
		t.Errorf("%d bytes became %d", plain, packed)
	}
}

func TestTheSameSamplesGiveTheSameTable(t *testing.T) {
	t.Parallel()
	if !bytes.Equal(Train(samples(100), 100), Train(samples(100), 100)) {
		t.Error("two trainings differ")
	}
}

func TestABrokenTableIsRefused(t *testing.T) {
	t.Parallel()
	data := Train(samples(100), 100)
	for i := range data {
		if i < 3 || i > len(data)-400 {
			broken := bytes.Clone(data)
			broken[i] ^= 0x41
			Open(broken) // must not panic
		}
	}
	for _, n := range []int{0, 1, 50, len(data) - 1} {
		if _, err := Open(data[:n]); err == nil {
			t.Errorf("%d bytes of a table were taken for one", n)
		}
	}
}

func FuzzUnpack(f *testing.F) {
	table := trained(f)
	for _, s := range samples(5) {
		f.Add(table.Pack(nil, s))
	}
	f.Fuzz(func(t *testing.T, packed []byte) {
		text, err := table.Unpack(nil, packed, 1<<16)
		if err != nil {
			return
		}
		again, err := table.Unpack(nil, table.Pack(nil, text), 1<<16)
		if err != nil || !bytes.Equal(again, text) {
			t.Fatalf("%q came back as %q, %v", text, again, err)
		}
	})
}
