// Package fake is the YouTube Data API as far as comments go, in one HTTP
// handler: threads with pages and ETags, replies, single comments, handles of
// channels, and the daily quota. Tests and demos listen to it as to the API.
package fake

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"hearth"
)

// Options are the properties of the API. The zero value knows any key.
type Options struct {
	Key   string // the only one that is known; "": any
	Quota int    // units until the quota is used up; 0: no end
}

// Epoch is when the first comment is written; each one comes a second later.
var Epoch = time.Date(2026, 11, 1, 9, 0, 0, 0, time.UTC)

// Channel is the channel of all videos, and its handle.
const (
	Channel = "UCinvented-channel-00001"
	Handle  = "@acme-invented"
)

// Server is the API. Safe for concurrent use.
type Server struct {
	o   Options
	mux *http.ServeMux

	mu        sync.Mutex
	comments  []comment // oldest first
	count     int
	units     int
	unchanged int
	closed    map[string]bool
	twice     bool
	swapped   bool
}

type comment struct {
	post    hearth.Post
	video   string
	thread  string // the id of the comment that begins it; its own for one that does
	updated time.Time
	raw     string // instead of all else
}

// New is the API without comments.
func New(o Options) *Server {
	s := &Server{o: o, mux: http.NewServeMux(), closed: map[string]bool{}}
	s.mux.HandleFunc("GET /youtube/v3/commentThreads", s.paid(s.threads))
	s.mux.HandleFunc("GET /youtube/v3/comments", s.paid(s.list))
	s.mux.HandleFunc("GET /youtube/v3/channels", s.paid(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Query().Get("forHandle") != Handle {
			fmt.Fprint(w, `{"kind":"youtube#channelListResponse","pageInfo":{"totalResults":0}}`)
			return
		}
		fmt.Fprintf(w, `{"kind":"youtube#channelListResponse","items":[{"kind":"youtube#channel","id":%q}]}`, Channel)
	}))
	return s
}

// ServeHTTP is the API's address; its root is /youtube/v3.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) { s.mux.ServeHTTP(w, r) }

// Publish makes Author.Handle write a comment below a video, or a reply where
// InReplyTo is set, and gives its id.
func (s *Server) Publish(video string, p *hearth.Post) (id string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.count++
	c := comment{post: p.Clone(), video: video}
	c.post.ID = fmt.Sprintf("Ugx%021dAaABAg", s.count)
	c.thread = c.post.ID
	if p.InReplyTo != "" {
		c.thread = p.InReplyTo
		c.post.ID = p.InReplyTo + "." + fmt.Sprintf("9%021d", s.count)
	}
	c.post.Published = Epoch.Add(time.Duration(s.count) * time.Second)
	c.updated = c.post.Published
	s.comments = append(s.comments, c)
	return c.post.ID
}

// PublishRaw adds an item as it is.
func (s *Server) PublishRaw(raw string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.comments = append(s.comments, comment{raw: raw})
}

// Update gives a comment another text.
func (s *Server) Update(id, text string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for i := range s.comments {
		if c := &s.comments[i]; c.post.ID == id {
			c.post.Text = text
			c.updated = c.updated.Add(time.Hour)
		}
	}
}

// Like gives a comment another number of likes.
func (s *Server) Like(id string, n int64) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for i := range s.comments {
		if c := &s.comments[i]; c.post.ID == id {
			c.post.Engagement.Likes = hearth.KnownCount(n)
		}
	}
}

// Delete removes a comment, and with a thread's first its replies.
func (s *Server) Delete(id string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.comments = slices.DeleteFunc(s.comments, func(c comment) bool { return c.post.ID == id || c.thread == id && id != "" })
}

// Close turns the comments of a video off.
func (s *Server) Close(video string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.closed[video] = true
}

// Double lets every item of the next page come twice, and Swap the items of the
// next page in the wrong order.
func (s *Server) Double() { s.mu.Lock(); s.twice = true; s.mu.Unlock() }
func (s *Server) Swap()   { s.mu.Lock(); s.swapped = true; s.mu.Unlock() }

// Revoke makes the key invalid.
func (s *Server) Revoke() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.o.Key = "another"
}

// Units is how many units of quota were used, and Unchanged how many answers
// were 304.
func (s *Server) Units() (units, unchanged int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.units, s.unchanged
}

// paid checks the key and counts a unit, of bad calls as well.
func (s *Server) paid(next func(http.ResponseWriter, *http.Request)) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		s.mu.Lock()
		defer s.mu.Unlock()
		w.Header().Set("Content-Type", "application/json; charset=UTF-8")
		s.units++
		switch {
		case s.o.Key != "" && r.Header.Get("X-Goog-Api-Key") != s.o.Key:
			refuse(w, http.StatusBadRequest, "badRequest", "API key not valid. Please pass a valid API key.", `,"details":[{"reason":"API_KEY_INVALID"}]`)
		case s.o.Quota > 0 && s.units > s.o.Quota:
			refuse(w, http.StatusForbidden, "quotaExceeded", `The request cannot be completed because you have exceeded your <a href="/youtube/v3/getting-started#quota">quota</a>.`, "")
		default:
			next(w, r)
		}
	}
}

func refuse(w http.ResponseWriter, status int, reason, message, more string) {
	w.WriteHeader(status)
	fmt.Fprintf(w, `{"error":{"code":%d,"message":%s,"errors":[{"message":"x","domain":"youtube","reason":%q}]%s}}`, status, quote(message), reason, more)
}

// threads serves commentThreads. The caller holds the lock.
func (s *Server) threads(w http.ResponseWriter, r *http.Request) {
	q := r.URL.Query()
	video, channel := q.Get("videoId"), q.Get("allThreadsRelatedToChannelId")
	switch {
	case (video == "") == (channel == ""):
		refuse(w, http.StatusBadRequest, "missingRequiredParameter", "No filter selected.", "")
		return
	case s.closed[video]:
		refuse(w, http.StatusForbidden, "commentsDisabled", "The video has disabled comments.", "")
		return
	case video != "" && !strings.HasPrefix(video, "video"), channel != "" && channel != Channel:
		refuse(w, http.StatusNotFound, "videoNotFound", "The video could not be found.", "")
		return
	}
	var items []string
	for i := range slices.Backward(s.comments) { // the newest first
		c := &s.comments[i]
		switch {
		case c.raw != "":
			items = append(items, c.raw)
		case c.thread == c.post.ID && (channel != "" || c.video == video) && s.found(c, q.Get("searchTerms")):
			items = append(items, s.thread(c))
		}
	}
	s.page(w, r, items, 20, 100, "youtube#commentThreadListResponse")
}

// found says whether the words stand in the thread.
func (s *Server) found(c *comment, words string) bool {
	for i := range s.comments {
		if o := &s.comments[i]; o.thread == c.thread && o.raw == "" && strings.Contains(strings.ToLower(o.post.Text), strings.ToLower(words)) {
			return true
		}
	}
	return false
}

// list serves comments: by id, or the replies of a thread.
func (s *Server) list(w http.ResponseWriter, r *http.Request) {
	ids, parent := r.URL.Query().Get("id"), r.URL.Query().Get("parentId")
	var items []string
	for i := range slices.Backward(s.comments) {
		c := &s.comments[i]
		if c.raw == "" && (ids != "" && slices.Contains(strings.Split(ids, ","), c.post.ID) || parent != "" && c.thread == parent && c.post.ID != parent) {
			items = append(items, c.write(false))
		}
	}
	s.page(w, r, items, 20, 100, "youtube#commentListResponse")
}

// page writes a page of items.
func (s *Server) page(w http.ResponseWriter, r *http.Request, items []string, usual, most int, kind string) {
	q := r.URL.Query()
	limit, err := strconv.Atoi(q.Get("maxResults"))
	if err != nil || limit < 1 || limit > most {
		limit = usual
	}
	skip := 0
	if token := q.Get("pageToken"); token != "" {
		left, err := strconv.Atoi(strings.TrimPrefix(token, "left-")) // stays where it is when new items come
		if err != nil || left > len(items) {
			refuse(w, http.StatusBadRequest, "processingFailure", "The API server failed to successfully process the request.", "")
			return
		}
		skip = len(items) - left
	}
	items = items[skip:]
	next := ""
	if len(items) > limit {
		next = fmt.Sprintf(`"nextPageToken":"left-%d",`, len(items)-limit)
		items = items[:limit]
	}
	items = slices.Clone(items)
	if s.twice && len(items) > 0 {
		s.twice = false
		items = append(items, items...)
	}
	if s.swapped && len(items) > 1 {
		s.swapped = false
		slices.Reverse(items)
	}
	body := fmt.Sprintf(`%s"pageInfo":{"totalResults":%d,"resultsPerPage":%d},"items":[%s]}`, next, len(items), limit, strings.Join(items, ","))
	sum := sha256.Sum256([]byte(body))
	etag := hex.EncodeToString(sum[:10])
	w.Header().Set("ETag", etag)
	if r.Header.Get("If-None-Match") == etag {
		s.unchanged++
		w.WriteHeader(http.StatusNotModified)
		return
	}
	fmt.Fprintf(w, `{"kind":%q,"etag":%q,%s`, kind, etag, body)
}

// thread writes a thread; at most five replies come along.
func (s *Server) thread(c *comment) string {
	var replies []string
	total := 0
	for i := range slices.Backward(s.comments) {
		if o := &s.comments[i]; o.thread == c.post.ID && o.post.ID != c.post.ID && o.raw == "" {
			if total++; total <= 5 {
				replies = append(replies, o.write(true))
			}
		}
	}
	also := ""
	if total > 0 {
		also = `,"replies":{"comments":[` + strings.Join(replies, ",") + `]}`
	}
	return fmt.Sprintf(`{"kind":"youtube#commentThread","id":%q,"snippet":{"channelId":%q,"videoId":%q,"topLevelComment":%s,"canReply":true,"totalReplyCount":%d,"isPublic":true}%s}`,
		c.post.ID, Channel, c.video, c.write(true), total, also)
}

// write writes a comment; asked for by itself it does not name its video.
func (c *comment) write(video bool) string {
	p := &c.post
	also := ""
	if video {
		also = fmt.Sprintf(`"videoId":%q,`, c.video)
	}
	if c.thread != p.ID {
		also += fmt.Sprintf(`"parentId":%q,`, c.thread)
	}
	channel := "UC" + p.Author.Handle
	return fmt.Sprintf(`{"kind":"youtube#comment","id":%q,"snippet":{%s"channelId":%q,"textDisplay":%s,"textOriginal":%s,"authorDisplayName":"@%s","authorChannelUrl":"http://www.youtube.com/@%s","authorChannelId":{"value":%q},"canRate":true,"viewerRating":"none","likeCount":%d,"publishedAt":%q,"updatedAt":%q}}`,
		p.ID, also, Channel, quote(p.Text), quote(p.Text), p.Author.Handle, p.Author.Handle, channel, p.Engagement.Likes.N, p.Published.Format(time.RFC3339), c.updated.Format(time.RFC3339))
}

func quote(s string) string { return string(hearth.AppendQuoted(nil, s)) }
