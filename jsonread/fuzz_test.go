package jsonread_test

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"hearth/jsonread"
)

// FuzzAgreesWithEncodingJSON holds the reader to the verdict and the values of
// encoding/json, except where it is stricter on purpose: depth, duplicate and
// too many names.
func FuzzAgreesWithEncodingJSON(f *testing.F) {
	for _, s := range []string{
		event, `{"a":[1,-2.5e3,true,null,"\ud83d\ude00\ud83d"]}`, "\"\xff\\u00e4\"", `[[[]],{}]`, `{"a":1,"a":2}`, `1e999`, ` {} x`,
		`{"\u0061":"\n"}`, `"1234567\"9"`, `"12345678\\"`, "\"1234567\x01\"", `[0,-0,00]`, strings.Repeat("[", 70),
	} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		valid := json.Valid([]byte(s))
		deep := depth(s) > jsonread.MaxDepth
		if err := check(s); (err == nil) != (valid && !deep) {
			t.Fatalf("passed over: %v, but valid is %v and too deep is %v", err, valid, deep)
		}
		var r jsonread.Reader
		r.Reset(s)
		ours := read(&r)
		err := r.End()
		if err != nil {
			if valid && !deep && !strings.Contains(err.Error(), "twice") && !strings.Contains(err.Error(), "10,000 names") {
				t.Fatalf("valid, but %v", err)
			}
			return
		}
		if !valid {
			t.Fatal("read, but not valid")
		}
		d := json.NewDecoder(bytes.NewReader([]byte(s)))
		d.UseNumber()
		var theirs any
		if err := d.Decode(&theirs); err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(theirs, ours); diff != "" {
			t.Fatalf("encoding/json (-) and ours (+):\n%s", diff)
		}
	})
}

// depth is the deepest nesting of brackets outside strings.
func depth(s string) int {
	deepest, now, inString := 0, 0, false
	for i := 0; i < len(s); i++ {
		switch c := s[i]; {
		case inString && c == '\\':
			i++
		case c == '"':
			inString = !inString
		case inString:
		case c == '[' || c == '{':
			now++
			deepest = max(deepest, now)
		case c == ']' || c == '}':
			now--
		}
	}
	return deepest
}
