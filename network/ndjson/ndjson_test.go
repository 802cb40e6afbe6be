package ndjson_test

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"hearth"
	"hearth/network/ndjson"
	"hearth/network/networktest"
)

const documents = `{"network":"reddit","id":"1","text":"The kettle broke","author":{"handle":"bo"},"published":"2026-11-01T10:00:00Z"}
{"network":"reddit","id":"2","text":"","media":[{"type":"image","alt":"a kettle"}]}
`

func TestNDJSONBehavesAsEveryFormat(t *testing.T) {
	t.Parallel()
	networktest.RunFormat(t, ndjson.Format(), nil, documents, `{"network":"reddit","id":"3"}`)
}

func TestMappedJSONBehavesAsEveryFormat(t *testing.T) {
	t.Parallel()
	networktest.RunFormat(t, ndjson.Format(), map[string]string{"network": "x"}, "{\"text\":\"a\"}\n{\"text\":\"b\"}\n", `{"text":"a","published":"soon"}`)
}

func TestMembersAreMappedToFields(t *testing.T) {
	t.Parallel()
	settings := map[string]string{"network": "x", "map": "text=body, author.handle=user.screen_name,published=date,engagement.reposts=retweets,links=urls", "zone": "Europe/Helsinki"}
	file := `{"id":570306133677760513,"body":"Hi &amp; bye","text":"not this","user":{"screen_name":"bo","verified":"yes"},"date":"2015-02-24 11:35:52","retweets":3.0,"urls":["https://a.example/","https://b.example/"],"hashtags":"#tea coffee","label":"neutral"}`
	got := networktest.Events(t, networktest.Read(t, ndjson.Format(), settings, strings.NewReader(file)))
	want := hearth.Post{
		Network: "x", ID: "570306133677760513", Text: "Hi &amp; bye", Author: hearth.Author{Handle: "bo"},
		Published:  time.Date(2015, 2, 24, 9, 35, 52, 0, time.UTC),
		Engagement: hearth.Engagement{Reposts: hearth.KnownCount(3)},
		Links:      []string{"https://a.example/", "https://b.example/"}, Hashtags: []string{"#tea", "coffee"},
	}
	if diff := cmp.Diff(want, got[0].Post); diff != "" {
		t.Error(diff)
	}
}

func TestARecordWithoutAnIDHasTheSameOneEachTime(t *testing.T) {
	t.Parallel()
	settings := map[string]string{"network": "x"}
	file := "{\"text\":\"a\",\"label\":\"1\"}\n{\"text\":\"a\",\"label\":\"2\"}\n{\"text\":\"a\",\"label\":\"1\"}\n"
	read := func() (ids []string) {
		for _, ev := range networktest.Events(t, networktest.Read(t, ndjson.Format(), settings, strings.NewReader(file))) {
			ids = append(ids, ev.Post.ID)
		}
		return ids
	}
	first, second := read(), read()
	if diff := cmp.Diff(first, second); diff != "" || first[0] == first[1] || first[0] != first[2] {
		t.Errorf("the ids are %v, then %v", first, second)
	}
}

func TestMappedRecordsNeedAText(t *testing.T) {
	t.Parallel()
	records := networktest.Read(t, ndjson.Format(), map[string]string{"network": "x"}, strings.NewReader(`{"errors":[1]}`))
	if len(records) != 1 || records[0].Reject == nil || !strings.Contains(records[0].Reject.Reason, "becomes the text") {
		t.Errorf("%+v", records)
	}
}

func TestRowsThatAreNoDocumentsAreRefusedWithAHint(t *testing.T) {
	t.Parallel()
	records := networktest.Read(t, ndjson.Format(), nil, strings.NewReader(`{"lang":"en","label":"negative","text":"I have a 3G phone."}`))
	if len(records) != 1 || records[0].Reject == nil {
		t.Fatalf("%+v", records)
	}
	for _, says := range []string{"network must be", "settings network and map"} {
		if !strings.Contains(records[0].Reject.Reason, says) {
			t.Errorf("%q does not say %q", records[0].Reject.Reason, says)
		}
	}
}
