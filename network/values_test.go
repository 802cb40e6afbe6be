package network_test

import (
	"bytes"
	"compress/gzip"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/google/go-cmp/cmp"
	"github.com/klauspost/compress/zstd"
	"pgregory.net/rapid"

	"hearth"
	"hearth/network"
)

// cut is what EachValue makes of a file: a line and the text of each value, or
// the problem behind a !.
func cut(t testing.TB, r io.Reader) (got []string) {
	t.Helper()
	err := network.EachValue(context.Background(), r, func(v *network.Value) error {
		if int(v.Number) != len(got)+1 {
			t.Fatalf("the value after %d has the number %d", len(got), v.Number)
		}
		text := v.Text
		if v.Problem != "" {
			text = "!" + v.Problem
		}
		got = append(got, fmt.Sprintf("%d %s", v.Line, text))
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return got
}

func TestEachLayoutOfAFileIsCutIntoItsValues(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		about, in string
		want      []string
	}{
		{"nothing", " \n\n", nil},
		{"one a line", "{\"a\":1}\n\n  {\"a\":[2]}\r\n{\"a\":\"}\"}", []string{`1 {"a":1}`, `3 {"a":[2]}`, `4 {"a":"}"}`}},
		{"one a line, a broken one", "{\"a\":1}\n{\"a\":\n{\"a\":3}\n", []string{`1 {"a":1}`, `2 {"a":`, `3 {"a":3}`}},
		{"one a line, the first broken", "{\"a\":\n{\"a\":2}\n{\"a\":3}\n", []string{"1 !The record ends too early.", `2 {"a":2}`, `3 {"a":3}`}},
		{"one a line, the first with an open text", "{\"a\":\"x\n{\"a\":2}\n", []string{`1 {"a":"x`, `2 {"a":2}`}},
		{"garbage first", "hello\n{\"a\":2}\n", []string{"1 hello", `2 {"a":2}`}},
		{"in many lines", "{\n \"a\": [\n 1]\n}\n{\n}\n", []string{"1 {\n \"a\": [\n 1]\n}", "5 {\n}"}},
		{"an array", "[{\"a\":1},\n {\"b\":[{}]} , \"x\", 5,null]", []string{`1 {"a":1}`, `2 {"b":[{}]}`, `2 "x"`, "2 5", "2 null"}},
		{"an array in many lines", "\n[\n  {\n    \"a\": \"]\"\n  },\n  {\n    \"b\": \"\\\"}\"\n  }\n]\n", []string{"3 {\n    \"a\": \"]\"\n  }", "6 {\n    \"b\": \"\\\"}\"\n  }"}},
		{"an empty array", "[]", nil},
		{"two arrays", "[1]\n[2]\n", []string{"1 1", "2 2"}},
		{"an archive that is a script", "window.YTD.tweets.part0 = [ {\n\"a\":1} ];\n", []string{"1 {\n\"a\":1}"}},
		{"a text with an equals sign", `{"a":"b = [c"}`, []string{`1 {"a":"b = [c"}`}},
		{"an array cut short", `[{"a":1},{"a"`, []string{`1 {"a":1}`, "1 !The file ends within this record.", "1 !The file ends within the list: its end is missing."}},
		{"an array without its end", `[{"a":1},`, []string{`1 {"a":1}`, "1 !The file ends within the list: its end is missing."}},
		{"a value cut short", "{\n\"a\"", []string{"1 !The file ends within this record."}},
		{"an array with an open text", "[{\"a\":\"x\n},\n{\"a\":2}]", []string{"1 !A line ends within a text in quotes.", "2 }", `3 {"a":2}`}},
		{"stray brackets", "[}{\"a\":1}]}", []string{"1 }", `1 {"a":1}`, "1 }"}},
	} {
		for _, r := range []io.Reader{strings.NewReader(c.in), iotest.OneByteReader(strings.NewReader(c.in))} {
			if diff := cmp.Diff(c.want, cut(t, r)); diff != "" {
				t.Errorf("%s, want (-) and got (+):\n%s", c.about, diff)
			}
		}
	}
}

func TestValuesComeOutOfAnyLayoutAsTheyWentIn(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		values := rapid.SliceOfN(rapid.Custom(func(t *rapid.T) string {
			b, _ := json.Marshal(map[string]any{rapid.String().Draw(t, "k"): rapid.SliceOf(rapid.String()).Draw(t, "v")})
			return string(b)
		}), 1, 20).Draw(t, "values")
		file := map[string]string{
			"lines": strings.Join(values, "\n") + "\n",
			"array": "[" + strings.Join(values, rapid.SampledFrom([]string{",", ",\n", " ,\t"}).Draw(t, "comma")) + "]",
		}[rapid.SampledFrom([]string{"lines", "array"}).Draw(t, "layout")]
		i := 0
		err := network.EachValue(context.Background(), strings.NewReader(file), func(v *network.Value) error {
			if v.Problem != "" || i == len(values) || v.Text != values[i] {
				t.Fatalf("value %d is %q %q", i, v.Text, v.Problem)
			}
			i++
			return nil
		})
		if err != nil || i != len(values) {
			t.Fatalf("%d of %d values, %v", i, len(values), err)
		}
	})
}

func TestARecordThatIsTooLargeIsReportedAndTheNextOnesComeThrough(t *testing.T) {
	t.Parallel()
	big := `{"a":"` + strings.Repeat("x", network.MaxRecord) + `"}`
	for _, file := range []string{big + "\n{\"b\":1}\n", "{\"c\":1}\n" + big + "\n{\"b\":1}\n", "[" + big + ",{\"b\":1}]"} {
		got := cut(t, strings.NewReader(file))
		if n := len(got); n < 2 || !strings.HasSuffix(got[n-1], `{"b":1}`) || !strings.HasSuffix(got[n-2], "!The record is larger than 16 MiB.") {
			t.Errorf("%.40s…: got %d values", file, len(got))
		}
	}
}

func TestErrorsOfTheCallerEndTheCutting(t *testing.T) {
	t.Parallel()
	enough := errors.New("enough")
	if err := network.EachValue(t.Context(), strings.NewReader("1\n2\n"), func(*network.Value) error { return enough }); !errors.Is(err, enough) {
		t.Error(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := network.EachValue(ctx, strings.NewReader("1\n2\n"), func(*network.Value) error { return nil }); !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
	if err := network.EachValue(t.Context(), iotest.ErrReader(enough), func(*network.Value) error { return nil }); !errors.Is(err, enough) {
		t.Error(err)
	}
}

func FuzzEachValue(f *testing.F) {
	for _, s := range []string{"{}\n{}", "[1,{\"a\":\"]\"}]", "{\n}\n", "x = [\n\"a\nb\",}", "[[[", "]]}\n{\"a\":\n{\"b\":1}"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		whole := cut(t, strings.NewReader(s))
		if diff := cmp.Diff(whole, cut(t, iotest.OneByteReader(strings.NewReader(s)))); diff != "" {
			t.Fatal(diff)
		}
		var list []json.RawMessage
		if json.Unmarshal([]byte(s), &list) == nil && len(list) != len(whole) {
			t.Fatalf("%d values of %d", len(whole), len(list))
		}
	})
}

func gzipped(s string) []byte {
	var b bytes.Buffer
	w := gzip.NewWriter(&b)
	io.WriteString(w, s)
	w.Close()
	return b.Bytes()
}

func zstded(s string) []byte {
	w, _ := zstd.NewWriter(nil)
	return w.EncodeAll([]byte(s), nil)
}

func TestCompressedFilesAreExpanded(t *testing.T) {
	t.Parallel()
	text := "{\"text\":\"päivää\"}\n"
	for name, file := range map[string][]byte{
		"plain": []byte(text), "with a mark": []byte("\ufeff" + text), "gzip": gzipped(text), "zstd": zstded(text),
		"gzip in two parts": append(gzipped(text[:5]), gzipped(text[5:])...), "gzip with a mark": gzipped("\ufeff" + text), "empty": nil,
	} {
		in, err := network.Open(bytes.NewReader(file))
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		want := text
		if name == "empty" {
			want = ""
		}
		if head := string(in.Head()); head != want {
			t.Errorf("%s: the head is %q", name, head)
		}
		if got, err := io.ReadAll(in); string(got) != want || err != nil {
			t.Errorf("%s: got %q, %v", name, got, err)
		}
		in.Close()
	}
}

func TestFilesThatExplodeAreRefused(t *testing.T) {
	t.Parallel()
	zeros := strings.Repeat("\x00", 100<<20)
	for name, file := range map[string][]byte{"gzip": gzipped(zeros), "zstd": zstded(zeros)} {
		in, err := network.Open(bytes.NewReader(file))
		if err != nil {
			t.Fatal(err)
		}
		n, err := io.Copy(io.Discard, in)
		if hearth.ErrorCode(err) != hearth.Invalid || n > 40<<20 {
			t.Errorf("%s: %d bytes came out, %v", name, n, err)
		}
		in.Close()
	}
}

func TestDamagedAndForeignFilesAreRefusedWithAReason(t *testing.T) {
	t.Parallel()
	whole := gzipped(strings.Repeat("some text that is long enough ", 1000))
	for name, file := range map[string][]byte{
		"gzip cut short": whole[:len(whole)/2], "no gzip": []byte("\x1f\x8bxxxxxxxxxxxxx"), "UTF-16": []byte("\xff\xfe{\x00}\x00"), "UTF-16 big": []byte("\xfe\xff\x00{"),
		"zstd damaged": append(zstded("x")[:6], 0xff, 0xff),
	} {
		in, err := network.Open(bytes.NewReader(file))
		if err == nil {
			_, err = io.Copy(io.Discard, in)
			in.Close()
		}
		if hearth.ErrorCode(err) != hearth.Invalid {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func BenchmarkEachValue(b *testing.B) {
	line := `{"network":"bluesky","id":"1","text":"` + strings.Repeat("The queue was long today. ", 25) + `"}`
	for name, file := range map[string]string{
		"lines": strings.Repeat(line+"\n", 2000), "array": "[" + strings.Repeat(line+",\n", 1999) + line + "]",
	} {
		b.Run(name, func(b *testing.B) {
			b.SetBytes(int64(len(file)))
			b.ReportAllocs()
			for b.Loop() {
				n := 0
				network.EachValue(context.Background(), strings.NewReader(file), func(*network.Value) error { n++; return nil })
				if n != 2000 {
					b.Fatal(n)
				}
			}
		})
	}
}
