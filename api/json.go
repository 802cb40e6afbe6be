package api

import (
	"encoding/json"

	"github.com/danielgtaylor/huma/v2"

	"hearth"
	"hearth/jsonread"
)

// strictJSON is JSON without the two freedoms that let two readers of one
// document disagree: names that appear twice, and names in any case (huma's
// validation refuses unknown names, case and all).
var strictJSON = huma.Format{
	Marshal: huma.DefaultJSONFormat.Marshal,
	Unmarshal: func(data []byte, v any) error {
		if _, first := v.(*any); first {
			if err := distinct(string(data)); err != nil {
				return err
			}
		}
		return json.Unmarshal(data, v)
	},
}

// distinct refuses a document that is not JSON, is too deep, or holds a name
// twice.
func distinct(document string) error {
	var r jsonread.Reader
	r.Reset(document)
	walk(&r)
	if err := r.End(); err != nil {
		return hearth.Errorf(hearth.Invalid, "The body is %s.", err)
	}
	return nil
}

func walk(r *jsonread.Reader) {
	if r.TryObject() || r.TryArray() {
		for r.Next() {
			walk(r)
		}
		return
	}
	r.Skip()
}

// postSchema describes a post document, which hearth.DecodePost reads and
// checks: unknown names are ignored, null means missing.
type postSchema struct{}

func (postSchema) Schema(huma.Registry) *huma.Schema {
	words := func(about string) *huma.Schema { return &huma.Schema{Description: about} }
	return &huma.Schema{
		Type: huma.TypeObject, Description: "A post document: section 1 of the query language. Null means missing; unknown names are ignored.",
		Required: []string{"network", "id", "text"}, AdditionalProperties: true,
		Properties: map[string]*huma.Schema{
			"network": words("lower-case name of the network"), "id": words("the post's id there"), "url": words("permanent address"),
			"kind":   words("original, reply, repost, quote, review, question, answer, message, article or comment"),
			"author": words("id, handle, name, followers, verified, bot, url"), "title": words("plain text"), "text": words("plain text"),
			"lang": words("BCP 47 tag"), "published": words("RFC 3339 with zone"),
			"in_reply_to": words("id of the parent"), "root": words("id of the thread's first post"),
			"quotes": words("id of the quoted post"), "repost_of": words("id of the reposted post"),
			"links": words("addresses"), "media": words("type, url, alt"), "hashtags": words("strings"), "mentions": words("strings"),
			"engagement": words("likes, replies, reposts, quotes, views"), "rating": words("0 to 5"), "item": words("product or place reviewed"),
			"place": words("country, region, city, lat, lon"), "tags": words("set in Hearth"),
			"sentiment": words("positive, neutral or negative"), "sentiment_score": words("-1 to 1"),
			"intent": words("complaint, question, praise, suggestion, purchase"), "spam": words("true or false"),
		},
	}
}
