package jsonread_test

import (
	"encoding/json"
	"math"
	"strings"
	"testing"
	"unsafe"

	"hearth/jsonread"
)

// check passes over a whole value without reading any of it.
func check(s string) error {
	var r jsonread.Reader
	r.Reset(s)
	return r.End()
}

// read takes a whole value apart through the reading methods, into what
// encoding/json makes of it with UseNumber.
func read(r *jsonread.Reader) any {
	switch r.Kind() {
	case jsonread.Object:
		m := map[string]any{}
		r.Object()
		for r.Next() {
			key := r.Key()
			m[key] = read(r)
		}
		return m
	case jsonread.Array:
		a := []any{}
		r.Array()
		for r.Next() {
			a = append(a, read(r))
		}
		return a
	case jsonread.String:
		return r.Text()
	case jsonread.Number:
		return json.Number(r.Literal())
	case jsonread.Bool:
		return r.Bool()
	case jsonread.Null:
		r.Null()
		return nil
	}
	r.Text() // notes the error
	return nil
}

func TestOnlyWhatRFC8259CallsJSONIsRead(t *testing.T) {
	t.Parallel()
	good := []string{
		`null`, `true`, `false`, `0`, `-0`, `1.5e+10`, `1E-2`, `""`, `[]`, `{}`, " \t\r\n1 ",
		`{"a":[1,{"b":null}],"c":"d"}`, `"\u00e4\n\/\ud83d\ude00"`, `[1 , 2]`, `{ "a" : 1 , "b" : 2 }`,
	}
	bad := []string{
		``, ` `, `nul`, `nulll`, `True`, `+1`, `01`, `-`, `1.`, `.5`, `1e`, `1e+`, `0x1`, `NaN`, `Infinity`, `1e5.`,
		`"`, `"a`, `"\`, `"\x"`, `"\u12"`, `"\u12G4"`, "\"a\nb\"", "\"\x00\"", `'a'`,
		`[`, `[1`, `[1,`, `[1,]`, `[,1]`, `[1 2]`, `]`, `{`, `{"a"`, `{"a":`, `{"a":1`, `{"a":1,`, `{"a":1,}`,
		`{a:1}`, `{"a" 1}`, `{"a":1 "b":2}`, `{1:2}`, `{"a":1]`, `[1}`, `1 2`, `{} {}`, "\ufeff{}", `// c`,
	}
	for _, s := range good {
		if err := check(s); err != nil {
			t.Errorf("%q is passed over: %v", s, err)
		}
		var r jsonread.Reader
		r.Reset(s)
		read(&r)
		if err := r.End(); err != nil {
			t.Errorf("%q is read: %v", s, err)
		}
	}
	for _, s := range bad {
		if check(s) == nil {
			t.Errorf("%q was passed over without an error", s)
		}
		var r jsonread.Reader
		r.Reset(s)
		read(&r)
		if r.End() == nil {
			t.Errorf("%q was read without an error", s)
		}
	}
}

func TestANameThatAppearsTwiceIsRefusedWhereTheObjectIsRead(t *testing.T) {
	t.Parallel()
	twice := func(s string) error {
		var r jsonread.Reader
		r.Reset(s)
		r.Object()
		for r.Next() {
		}
		return r.End()
	}
	var many strings.Builder
	many.WriteByte('{')
	for i := range 300 {
		many.WriteString(`"` + strings.Repeat("k", i+1) + `":0,`)
	}
	for _, s := range []string{
		`{"a":1,"a":1}`, `{"a":1,"b":2,"a":3}`, `{"a":1,"\u0061":2}`, `{"\u0061":1,"a":2}`, `{"":1,"":2}`,
		`{"\u0061":1,"\u0061":2}`, many.String() + `"kkk":1}`, many.String() + `"` + strings.Repeat("k", 290) + `":1}`,
	} {
		if err := twice(s); err == nil || !strings.Contains(err.Error(), "twice") {
			t.Errorf("%.60s…: got %v, want a refusal that says twice", s, err)
		}
	}
	for _, s := range []string{
		`{"a":1,"A":1}`, `{"a":{"a":{"a":1}}}`, `[{"a":1},{"a":1}]`, `{"x":{"a":1,"a":1}}`, many.String() + `"z":1}`,
	} {
		var r jsonread.Reader
		r.Reset(s)
		if r.TryArray() {
			for r.Next() {
				r.Object()
				for r.Next() {
				}
			}
		} else {
			r.Object()
			for r.Next() {
			}
		}
		if err := r.End(); err != nil {
			t.Errorf("%.60s…: %v", s, err)
		}
	}
}

func TestDepthAndNamesAreBounded(t *testing.T) {
	t.Parallel()
	nest := func(n int) string { return strings.Repeat("[", n) + strings.Repeat("]", n) }
	for _, c := range []struct {
		depth int
		fine  bool
	}{{1, true}, {64, true}, {65, false}, {100_000, false}} {
		if err := check(nest(c.depth)); (err == nil) != c.fine {
			t.Errorf("%d levels passed over: %v", c.depth, err)
		}
		var r jsonread.Reader
		r.Reset(nest(c.depth))
		read(&r)
		if err := r.End(); (err == nil) != c.fine {
			t.Errorf("%d levels read: %v", c.depth, err)
		}
	}
	var b strings.Builder
	b.WriteByte('{')
	for i := range jsonread.MaxKeys + 1 {
		if i > 0 {
			b.WriteByte(',')
		}
		b.WriteString(`"` + json.Number(string(rune('a'+i%26))).String() + strings.Repeat("x", i%500) + json.Number(string(rune(0x4e00+i))).String() + `":1`)
	}
	b.WriteByte('}')
	var r jsonread.Reader
	r.Reset(b.String())
	r.Object()
	for r.Next() {
	}
	if err := r.End(); err == nil || !strings.Contains(err.Error(), "10,000 names") {
		t.Errorf("%d names: %v", jsonread.MaxKeys+1, err)
	}
}

func TestNumbersKeepEveryDigitOrAreRefused(t *testing.T) {
	t.Parallel()
	at := func(s string) *jsonread.Reader {
		r := new(jsonread.Reader)
		r.Reset(s)
		return r
	}
	for s, want := range map[string]int64{"0": 0, "-7": -7, "9223372036854775807": math.MaxInt64, "-9223372036854775808": math.MinInt64, "9007199254740993": 9007199254740993} {
		if r := at(s); r.Int64() != want || r.End() != nil {
			t.Errorf("%s is not read exactly", s)
		}
	}
	for _, s := range []string{"9223372036854775808", "1.0", "1e3", `"1"`, "null", "true"} {
		if r := at(s); r.Int64() != 0 || r.End() == nil {
			t.Errorf("%s was read as a whole number", s)
		}
	}
	if r := at("1e999"); r.Float64() != 0 || r.End() == nil {
		t.Error("1e999 was read")
	}
	if r := at("-1.25e2"); r.Float64() != -125 || r.End() != nil {
		t.Error("-1.25e2 was not read")
	}
	if id := at("123456789012345678901234567890").TryID(); id != "123456789012345678901234567890" {
		t.Errorf("a long id became %s", id)
	}
}

func TestAPlainStringSharesTheInputsMemory(t *testing.T) {
	t.Parallel()
	in := `{"text":"päivää ☕"}`
	var r jsonread.Reader
	r.Reset(in)
	r.Object()
	r.Next()
	got := r.Text()
	if got != "päivää ☕" {
		t.Fatalf("got %q", got)
	}
	p, from := uintptr(unsafe.Pointer(unsafe.StringData(got))), uintptr(unsafe.Pointer(unsafe.StringData(in)))
	if p < from || p >= from+uintptr(len(in)) {
		t.Error("the string was copied")
	}
}

func TestWhatIsNotUnicodeBecomesTheReplacementCharacter(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{
		`"\ud83d\ude00"`:                 "😀",
		`"\ud83d"`:                       "\uFFFD",
		`"\ude00x"`:                      "\uFFFDx",
		`"\ud83d\u0041"`:                 "\uFFFDA",
		`"\ud83d\ud83d\ude00"`:           "\uFFFD😀",
		`"\ud83dx\ude00"`:                "\uFFFDx\uFFFD",
		"\"a\xffb\"":                     "a\uFFFDb",
		"\"\xc0\xaf\\n\xe2\x82\"":        "\uFFFD\uFFFD\n\uFFFD\uFFFD",
		`"\u0000\u001f\/\\\"\b\f\n\r\t"`: "\x00\x1f/\\\"\b\f\n\r\t",
	} {
		var r jsonread.Reader
		r.Reset(in)
		if got := r.Text(); got != want || r.End() != nil {
			t.Errorf("%s is read as %q (%v), want %q", in, got, r.Err(), want)
		}
		var theirs string
		if err := json.Unmarshal([]byte(in), &theirs); err != nil || theirs != want {
			t.Errorf("encoding/json reads %s as %q (%v)", in, theirs, err)
		}
	}
}

func TestWhatIsNotReadIsPassedOver(t *testing.T) {
	t.Parallel()
	var r jsonread.Reader
	r.Reset(`{"a":[1,[2,{"b":"]}"}]],"want":7,"c":{"d":[]},"list":["x",{"k":1},"y"],"after":true}`)
	r.Object()
	var want int64
	var list []string
	var after bool
	for r.Next() {
		switch r.Key() {
		case "want":
			want = r.Int64()
		case "list":
			r.Array()
			for r.Next() {
				if s := r.TryText(); s != "" {
					list = append(list, s)
				}
			}
		case "after":
			after = r.Bool()
		}
	}
	if err := r.End(); err != nil || want != 7 || len(list) != 2 || !after {
		t.Errorf("want=%d list=%v after=%v err=%v", want, list, after, err)
	}
}

func TestRawGivesAValueToBeReadLater(t *testing.T) {
	t.Parallel()
	var r, later jsonread.Reader
	r.Reset(`{"v": {"x":[1,2]} ,"kind":"a"}`)
	r.Object()
	var raw, kind string
	for r.Next() {
		switch r.Key() {
		case "v":
			raw = r.Raw()
		case "kind":
			kind = r.Text()
		}
	}
	if err := r.End(); err != nil || raw != `{"x":[1,2]}` || kind != "a" {
		t.Fatalf("raw=%q kind=%q err=%v", raw, kind, err)
	}
	later.Reset(raw)
	if err := later.End(); err != nil {
		t.Error(err)
	}
}

func TestTheFirstErrorSticksAndNamesItsPlace(t *testing.T) {
	t.Parallel()
	var r jsonread.Reader
	r.Reset(`{"a":1,"b":tru}`)
	r.Object()
	for r.Next() {
		r.Int64()
	}
	if got := r.Text(); got != "" || r.Next() || r.Object() {
		t.Error("the reader went on after an error")
	}
	want := "not readable as JSON at byte 11: a number was expected"
	if err := r.End(); err == nil || err.Error() != want {
		t.Errorf("got %v, want %s", err, want)
	}
	r.Reset(`1`)
	if r.Int64() != 1 || r.End() != nil {
		t.Error("Reset did not begin anew")
	}
}

func TestReadingAPostAllocatesNothing(t *testing.T) {
	var r jsonread.Reader
	var out sample
	if n := testing.AllocsPerRun(100, func() { out.read(&r, event) }); n != 0 {
		t.Errorf("%v allocations", n)
	}
	if out.text == "" || out.lang != "en" {
		t.Errorf("read %+v", out)
	}
}
