package fake

import (
	"cmp"
	"encoding/json"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"hearth"
)

// hit is what the search finds, as Algolia writes it.
type hit struct {
	ObjectID    string   `json:"objectID"`
	Author      string   `json:"author"`
	CreatedAt   int64    `json:"created_at_i"`
	Title       *string  `json:"title"`
	URL         *string  `json:"url"`
	StoryText   *string  `json:"story_text"`
	CommentText *string  `json:"comment_text"`
	ParentID    *int64   `json:"parent_id"`
	StoryID     *int64   `json:"story_id"`
	Points      *int64   `json:"points"`
	NumComments *int64   `json:"num_comments"`
	Tags        []string `json:"_tags"`
}

const mostHits = 1000 // of one question

// search answers a search by date: the newest hits that hold the phrase, within
// the times, of the kinds.
func (s *Server) search(w http.ResponseWriter, ask url.Values) {
	s.mu.Lock()
	defer s.mu.Unlock()
	phrase := strings.ToLower(strings.Trim(ask.Get("query"), `"`))
	page, _ := strconv.Atoi(ask.Get("hitsPerPage"))
	hits := []hit{}
	for i := range s.items {
		var raw struct {
			ID                   int64
			By, Type, Title, URL string
			Text                 string
			Time, Parent         int64
			Deleted, Dead        bool
		}
		if json.Unmarshal([]byte(s.items[i]), &raw) != nil || raw.Deleted || raw.Dead || raw.By == "" {
			continue
		}
		p := &s.posts[i]
		if !strings.Contains(strings.ToLower(p.Title+" "+p.Text), phrase) || !kindAsked(ask.Get("tags"), raw.Type) || !within(ask.Get("numericFilters"), raw.Time) {
			continue
		}
		h := hit{ObjectID: strconv.FormatInt(raw.ID, 10), Author: raw.By, CreatedAt: raw.Time, Tags: []string{raw.Type, "author_" + raw.By}}
		if raw.Type == "comment" {
			root := s.rootOf(p)
			h.CommentText, h.ParentID, h.StoryID = &raw.Text, &raw.Parent, &root
		} else {
			points := p.Engagement.Likes.N
			h.Title, h.URL, h.StoryText, h.Points, h.NumComments = &raw.Title, &raw.URL, &raw.Text, &points, new(int64)
		}
		hits = append(hits, h)
	}
	slices.SortStableFunc(hits, func(a, b hit) int { return cmp.Compare(b.CreatedAt, a.CreatedAt) })
	found := len(hits)
	hits = hits[:min(len(hits), max(page, 20), mostHits)]
	json.NewEncoder(w).Encode(struct {
		Hits  []hit `json:"hits"`
		Found int   `json:"nbHits"`
		Size  int   `json:"hitsPerPage"`
	}{hits, found, page})
}

// rootOf walks up to the number of the story.
func (s *Server) rootOf(p *hearth.Post) int64 {
	for p.InReplyTo != "" {
		n, _ := strconv.ParseInt(p.InReplyTo, 10, 64)
		if n < s.first || n >= s.first+int64(len(s.posts)) {
			return n
		}
		p = &s.posts[n-s.first]
	}
	n, _ := strconv.ParseInt(p.ID, 10, 64)
	return n
}

func kindAsked(tags, kind string) bool {
	return slices.Contains(strings.FieldsFunc(tags, func(r rune) bool { return strings.ContainsRune("(),", r) }), kind)
}

// within judges filters such as created_at_i>=5,created_at_i<=9.
func within(filters string, at int64) bool {
	for _, filter := range strings.Split(filters, ",") {
		if n, err := strconv.ParseInt(strings.TrimPrefix(filter, "created_at_i>="), 10, 64); err == nil && at < n {
			return false
		}
		if n, err := strconv.ParseInt(strings.TrimPrefix(filter, "created_at_i<="), 10, 64); err == nil && at > n {
			return false
		}
	}
	return true
}
