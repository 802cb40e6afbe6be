package form_test

import (
	"fmt"
	"reflect"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"hearth"
	"hearth/archive/form"
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
	r := form.Reader{S: string(form.AppendPost(nil, p))}
	var back hearth.Post
	r.Post(&back)
	if r.Err != nil || r.S != "" {
		t.Fatalf("reading back: %v, %d bytes left", r.Err, len(r.S))
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

// TestReadingWithReuseAllocatesNothing also reads every post right, the lists
// of the one before overwritten.
func TestReadingWithReuseAllocatesNothing(t *testing.T) {
	g := querytest.New(4)
	var posts []hearth.Post
	var all []byte
	for range 200 {
		p := g.Post()
		posts, all = append(posts, p), form.AppendPost(all, &p)
	}
	s := string(all)
	r := form.Reader{Reuse: true}
	var back hearth.Post
	read := func(check bool) {
		r.S = s
		for i := range posts {
			if r.Post(&back); !check {
				continue
			}
			if diff := cmp.Diff(posts[i], back, cmpopts.EquateEmpty()); diff != "" {
				t.Fatal(diff)
			}
		}
		if r.Err != nil || r.S != "" {
			t.Fatalf("%v, %d bytes left", r.Err, len(r.S))
		}
	}
	read(true)
	if n := testing.AllocsPerRun(10, func() { read(false) }); n > 0 {
		t.Errorf("%.0f allocations", n)
	}
}
