package network_test

import (
	"encoding/json"
	"strings"
	"testing"

	"hearth"
	"hearth/network"
)

func TestEachFieldCanBeSetFromAColumn(t *testing.T) {
	t.Parallel()
	m, err := network.NewMapping(nil)
	if err != nil {
		t.Fatal(err)
	}
	values := map[string]string{
		"network": "x", "id": "1", "url": "https://a.example/", "kind": "Review", "title": "t", "text": "w", "lang": "fi", "published": "2026-11-01T10:00:00Z",
		"in_reply_to": "p", "root": "r", "quotes": "q", "repost_of": "o", "links": "https://a.example/ https://b.example/", "hashtags": "a,b", "mentions": `["a b","c"]`,
		"rating": "4.5", "item": "i", "tags": "a b;c", "author.id": "1", "author.handle": "h", "author.name": "n", "author.url": "u", "author.followers": "5",
		"author.verified": "yes", "author.bot": "no", "engagement.likes": "1", "engagement.replies": "2", "engagement.reposts": "3", "engagement.quotes": "4", "engagement.views": "5",
		"place.country": "FI", "place.region": "r", "place.city": "c", "place.lat": "60.5", "place.lon": "24", "sentiment": "Positive", "intent": "praise question", "spam": "0",
	}
	var p hearth.Post
	for field, value := range values {
		if m.Field(strings.ToUpper(field)) != field {
			t.Errorf("a column with the name of %s does not become it", field)
		}
		if err := m.Set(&p, field, " "+value+" "); err != nil {
			t.Error(err)
		}
	}
	if err := p.Check(); err != nil {
		t.Error(err)
	}
	var doc map[string]any
	if err := json.Unmarshal(hearth.AppendPost(nil, &p), &doc); err != nil {
		t.Fatal(err)
	}
	for field := range values {
		var at any = doc
		for _, name := range strings.Split(field, ".") {
			inside, _ := at.(map[string]any)
			at = inside[name]
		}
		if at == nil {
			t.Errorf("%s was not set", field)
		}
	}
	if len(p.Tags) != 2 || len(p.Mentions) != 2 || len(p.Links) != 2 || len(p.Intent) != 2 {
		t.Errorf("lists: %q %q %q %q", p.Tags, p.Mentions, p.Links, p.Intent)
	}
}
