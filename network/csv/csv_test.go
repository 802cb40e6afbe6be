package csv_test

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"hearth"
	"hearth/network"
	"hearth/network/csv"
	"hearth/network/networktest"
)

const plain = "network,id,text,published\nreddit,1,\"The kettle, it broke\",2026-11-01T10:00:00Z\nreddit,2,Fine,\n"

func TestCSVBehavesAsEveryFormat(t *testing.T) {
	t.Parallel()
	networktest.RunFormat(t, csv.Format(), nil, plain, `reddit,3,too,many,columns`)
	networktest.RunFormat(t, csv.Format(), nil, strings.ReplaceAll(plain, ",", ";"), `reddit;3;a "quote;`)
}

func read(t *testing.T, settings map[string]string, file string) []hearth.Post {
	t.Helper()
	var posts []hearth.Post
	for _, ev := range networktest.Events(t, networktest.Read(t, csv.Format(), settings, strings.NewReader(file))) {
		posts = append(posts, ev.Post)
	}
	return posts
}

func TestColumnsBecomeFields(t *testing.T) {
	t.Parallel()
	got := read(t, map[string]string{"network": "x", "map": "text=Comment,author.handle=Who", "zone": "Asia/Tokyo"},
		"\ufeffTweet_ID\tWho\tComment\tDate\tLikes\tHashtags\tLinks\tCountry\tverified\tNotes\tLanguage\n"+
			"9007199254740993\tbo\t\"Two\nlines, and a \"\"quote\"\"\"\t2026-11-01 19:00\t12.0\t#a;b\thttps://a.example/?x=1,2\tFI\t\tx\tfi\n")
	want := []hearth.Post{{
		Network: "x", ID: "9007199254740993", Text: "Two\nlines, and a \"quote\"", Lang: "fi", Author: hearth.Author{Handle: "bo"},
		Published:  time.Date(2026, 11, 1, 10, 0, 0, 0, time.UTC),
		Engagement: hearth.Engagement{Likes: hearth.KnownCount(12)},
		Hashtags:   []string{"#a", "b"}, Links: []string{"https://a.example/?x=1,2"}, Place: hearth.Place{Country: "FI"},
	}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestEachNotationOfTimeIsRead(t *testing.T) {
	t.Parallel()
	want := time.Date(2026, 11, 1, 10, 0, 0, 0, time.UTC)
	for _, s := range []string{
		"2026-11-01T10:00:00Z", "2026-11-01T12:00:00+02:00", "2026-11-01 12:00:00 +0200", "2026-11-01 12:00:00+02:00", "2026-11-01T12:00:00+0200",
		"Sun Nov 01 10:00:00 +0000 2026", "Sun, 01 Nov 2026 12:00:00 +0200", "2026-11-01 10:00:00", "2026-11-01T10:00", "1793527200", "1793527200000",
	} {
		got := read(t, map[string]string{"network": "x"}, "text,date\nx,\""+s+"\"\n")
		if !got[0].Published.Equal(want) {
			t.Errorf("%s is read as %v", s, got[0].Published)
		}
	}
}

func TestBadRowsAreRefusedWithLineAndReason(t *testing.T) {
	t.Parallel()
	file := "text,date,likes\n" + // 1
		"fine,,\n" + // 2
		"x,yesterday,\n" + // 3
		"x,,many\n" + // 4
		"caf\xe9,,\n" + // 5
		"a \"quote,,\n" + // 6
		"\"over\ntwo lines\",,5\n" + // 7
		"x\n" + // 9
		"fine again,,\n" // 10
	records := networktest.Read(t, csv.Format(), map[string]string{"network": "x"}, strings.NewReader(file))
	reasons := map[int64]string{}
	var fine []string
	for _, r := range records {
		if r.Reject != nil {
			reasons[r.Reject.Line] = r.Reject.Reason
		} else {
			fine = append(fine, r.Event.Post.Text)
		}
	}
	want := map[int64]string{
		3: `published: "yesterday" is not a time.`,
		4: `engagement.likes: "many" is not a whole number.`,
		5: "The row is not UTF-8; save the file as UTF-8.",
		6: "A quotation mark stands where none may: one within a text is written twice.",
		9: "The row has 1 columns, the header has 3.",
	}
	if diff := cmp.Diff(want, reasons); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff([]string{"fine", "over\ntwo lines", "fine again"}, fine); diff != "" {
		t.Error(diff)
	}
}

func TestAQuotationMarkThatIsNeverClosedIsReportedAndBounded(t *testing.T) {
	t.Parallel()
	short := networktest.Read(t, csv.Format(), map[string]string{"network": "x"}, strings.NewReader("text,n\na,1\n\"b,2\nc,3\n"))
	if len(short) != 2 || short[1].Reject == nil || !strings.Contains(short[1].Reject.Reason, "goes on to line") {
		t.Errorf("%+v", short)
	}
	long := networktest.Read(t, csv.Format(), map[string]string{"network": "x"},
		strings.NewReader("text,n\na,1\n\"b,2\n"+strings.Repeat("c,3\n", network.MaxRecord/4+50_000)+"last,\"x\n"))
	if last := long[len(long)-1]; last.Reject == nil || last.Reject.Line != network.MaxRecord/4+50_000+4 {
		t.Errorf("the last record is %+v", last)
	}
	if len(long) < 3 || long[1].Reject == nil || !strings.Contains(long[1].Reject.Reason, "larger than 16 MiB") {
		t.Errorf("%d records, the second %+v", len(long), long[1].Reject)
	}
}

func TestAHeaderThatSaysTooLittleOrTwoThingsIsAnError(t *testing.T) {
	t.Parallel()
	f := csv.Format()
	for _, c := range []struct{ header, mapping, says string }{
		{"id,words", "", "Name one with the setting map, like text=words"},
		{"text,body", "text=body,text=text", "both become text"},
	} {
		settings, err := network.Settings(f.Fields, map[string]string{"network": "x", "map": c.mapping})
		if err != nil {
			t.Fatal(err)
		}
		err = f.Read(t.Context(), strings.NewReader(c.header+"\na,b\n"), settings, func(*network.Record) error { return nil })
		if hearth.ErrorCode(err) != hearth.Invalid || !strings.Contains(err.Error(), c.says) {
			t.Errorf("%s: %v", c.header, err)
		}
	}
	for _, bad := range []map[string]string{{"map": "text"}, {"map": "colour=red"}, {"zone": "Middle/Earth"}, {"zone": "Local"}, {"network": "Not One"}, {"delimiter": "dash"}} {
		if _, err := network.Settings(f.Fields, bad); hearth.ErrorCode(err) != hearth.Invalid {
			t.Errorf("%v: %v", bad, err)
		}
	}
}

func FuzzRead(f *testing.F) {
	f.Add(plain)
	f.Add("text\n\"a\n")
	f.Add("text;date\nx;1793527200\n\"\"\"\n")
	f.Fuzz(func(t *testing.T, file string) {
		format := csv.Format()
		settings, _ := network.Settings(format.Fields, map[string]string{"network": "x"})
		number := int64(0)
		format.Read(t.Context(), strings.NewReader(file), settings, func(r *network.Record) error {
			if number++; r.Number != number {
				t.Fatalf("record %d has the number %d", number, r.Number)
			}
			if r.Reject == nil && r.Event.Post.Check() != nil {
				t.Fatal(r.Event.Post.Check())
			}
			return nil
		})
	})
}
