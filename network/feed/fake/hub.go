package fake

import (
	"bytes"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"sync"
)

// Hub is a hub of WebSub: it takes subscriptions, asks the subscriber whether
// they were meant, and pushes. Safe for concurrent use.
type Hub struct {
	Client *http.Client // to call back with
	Deny   bool         // refuse every subscription
	Lease  int          // seconds that are given; 0: what was asked for

	mu     sync.Mutex
	subs   map[string]url.Values // by callback
	asked  int
	misled int // subscribers who confirmed what they did not ask for
}

// ServeHTTP is the hub's address.
func (h *Hub) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if err := r.ParseForm(); err != nil || r.PostForm.Get("hub.mode") != "subscribe" {
		http.Error(w, "no subscription", http.StatusBadRequest)
		return
	}
	h.mu.Lock()
	h.asked++
	h.mu.Unlock()
	w.WriteHeader(http.StatusAccepted)
	go h.verify(r.PostForm)
}

// verify asks the subscriber whether the subscription was meant, and once about
// another one, which was not.
func (h *Hub) verify(form url.Values) {
	if h.Deny {
		h.get(form, url.Values{"hub.mode": {"denied"}, "hub.topic": form["hub.topic"], "hub.reason": {"not today"}})
		return
	}
	lease := form.Get("hub.lease_seconds")
	if h.Lease > 0 {
		lease = strconv.Itoa(h.Lease)
	}
	intent := url.Values{"hub.mode": {"subscribe"}, "hub.topic": {"https://other.example/feed"}, "hub.challenge": {"trap"}, "hub.lease_seconds": {lease}}
	if status, _ := h.get(form, intent); status/100 == 2 {
		h.mu.Lock()
		h.misled++
		h.mu.Unlock()
	}
	intent.Set("hub.topic", form.Get("hub.topic"))
	intent.Set("hub.challenge", "prove-it")
	if status, body := h.get(form, intent); status/100 != 2 || body != "prove-it" {
		return
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.subs == nil {
		h.subs = map[string]url.Values{}
	}
	h.subs[form.Get("hub.callback")] = form
}

func (h *Hub) get(form, query url.Values) (status int, body string) {
	answer, err := h.Client.Get(form.Get("hub.callback") + "?" + query.Encode())
	if err != nil {
		return 0, ""
	}
	defer answer.Body.Close()
	b, _ := io.ReadAll(io.LimitReader(answer.Body, 4096))
	return answer.StatusCode, string(b)
}

// Subscribers is how many subscriptions are confirmed, how often the hub was
// asked, and how many confirmed what they had not asked for.
func (h *Hub) Subscribers() (confirmed, asked, misled int) {
	h.mu.Lock()
	defer h.mu.Unlock()
	return len(h.subs), h.asked, h.misled
}

// Push sends a document to all subscribers, signed with their secret and salt
// (other than "" makes the signature wrong), and gives the status of each.
func (h *Hub) Push(contentType string, document []byte, salt string) (statuses []int) {
	h.mu.Lock()
	subs := make([]url.Values, 0, len(h.subs))
	for _, form := range h.subs {
		subs = append(subs, form)
	}
	h.mu.Unlock()
	for _, form := range subs {
		mac := hmac.New(sha256.New, []byte(form.Get("hub.secret")+salt))
		mac.Write(document)
		r, err := http.NewRequest(http.MethodPost, form.Get("hub.callback"), bytes.NewReader(document))
		if err != nil {
			continue
		}
		r.Header.Set("Content-Type", contentType)
		r.Header.Set("X-Hub-Signature", "sha256="+hex.EncodeToString(mac.Sum(nil)))
		answer, err := h.Client.Do(r)
		if err != nil {
			statuses = append(statuses, 0)
			continue
		}
		answer.Body.Close()
		statuses = append(statuses, answer.StatusCode)
	}
	return statuses
}
