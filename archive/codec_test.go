package archive

import (
	"fmt"
	"math/rand/v2"
	"reflect"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"hearth"
	"hearth/query/querytest"
)

// fill sets every field below v to something that is not its zero value, so
// that a field which the stored form forgets does not come back.
func fill(v reflect.Value, n *int) {
	*n++
	switch v.Kind() {
	case reflect.String:
		v.SetString(fmt.Sprint("value ", *n))
	case reflect.Int64:
		v.SetInt(int64(*n))
	case reflect.Uint8:
		v.SetUint(uint64(*n%2 + 1))
	case reflect.Float64:
		v.SetFloat(float64(*n) / 3)
	case reflect.Bool:
		v.SetBool(true)
	case reflect.Slice:
		v.Set(reflect.MakeSlice(v.Type(), 2, 2))
		for i := range v.Len() {
			fill(v.Index(i), n)
		}
	case reflect.Struct:
		if v.Type() == reflect.TypeFor[time.Time]() {
			v.Set(reflect.ValueOf(time.Date(2031, 2, 3, 4, 5, 6, *n, time.UTC)))
			return
		}
		for i := range v.NumField() {
			if v.Type().Field(i).IsExported() {
				fill(v.Field(i), n)
			}
		}
	default:
		panic(v.Kind())
	}
}

func roundTrip(t testing.TB, p *hearth.Post) hearth.Post {
	t.Helper()
	r := reader{s: string(appendPost(nil, p))}
	var back hearth.Post
	r.post(&back)
	if r.err != nil || r.s != "" {
		t.Fatalf("reading back: %v, %d bytes left", r.err, len(r.s))
	}
	return back
}

func TestEveryFieldOfAPostIsStored(t *testing.T) {
	t.Parallel()
	var p hearth.Post
	fill(reflect.ValueOf(&p).Elem(), new(int))
	if diff := cmp.Diff(p, roundTrip(t, &p)); diff != "" {
		t.Error(diff)
	}
	// Each alone too: presence bits must not depend on each other.
	v := reflect.ValueOf(&p).Elem()
	for i := range v.NumField() {
		one := hearth.Post{Network: "n", ID: "i"}
		reflect.ValueOf(&one).Elem().Field(i).Set(v.Field(i))
		if diff := cmp.Diff(one, roundTrip(t, &one)); diff != "" {
			t.Errorf("%s: %s", v.Type().Field(i).Name, diff)
		}
	}
}

func TestRandomPostsComeBack(t *testing.T) {
	t.Parallel()
	g := querytest.New(3)
	for range 2000 {
		p := g.Post()
		if diff := cmp.Diff(p, roundTrip(t, &p), cmpopts.EquateEmpty()); diff != "" {
			t.Fatal(diff)
		}
	}
	for _, at := range []time.Time{
		{}, time.Date(1, 1, 1, 0, 0, 0, 1, time.UTC), time.Date(9999, 12, 31, 23, 59, 59, 999_999_999, time.UTC), time.Unix(0, 0).UTC(), time.Unix(-1, 5e6).UTC(),
	} {
		p := hearth.Post{Network: "n", ID: "i", Published: at}
		if back := roundTrip(t, &p); back.Published != at {
			t.Errorf("%s came back as %s", at, back.Published)
		}
	}
}

func FuzzOpenBody(f *testing.F) {
	p, err := newPacker()
	if err != nil {
		f.Fatal(err)
	}
	r := rand.New(rand.NewPCG(1, 1))
	for range 4 {
		c := inventedContent(r)
		f.Add(appendContent(nil, &c))
	}
	f.Fuzz(func(t *testing.T, plain []byte) {
		body := p.table.Pack([]byte{packedBody}, plain)
		var c content
		if p.unpack(body, &c) != nil {
			return
		}
		again, _ := p.pack(nil, nil, &c)
		var back content
		if err := p.unpack(again, &back); err != nil {
			t.Fatalf("what was read cannot be written: %v", err)
		}
		if string(appendContent(nil, &c)) != string(appendContent(nil, &back)) {
			t.Fatal("what was read is written differently")
		}
	})
}
