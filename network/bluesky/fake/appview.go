package fake

import (
	"bytes"
	"fmt"
	"net/http"
	"strings"

	"github.com/klauspost/compress/zstd"

	"hearth"
)

// Profile is what the AppView says about an account.
type Profile struct {
	Handle, Name string
	Followers    int64
}

// SetProfile makes the AppView know an account. The stream does not say so.
func (s *Server) SetProfile(did string, p Profile) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.profiles[did] = p
}

// ProfileCalls is how often the AppView has been asked.
func (s *Server) ProfileCalls() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.asked
}

func (s *Server) getProfiles(w http.ResponseWriter, r *http.Request) {
	actors := r.URL.Query()["actors"]
	if len(actors) == 0 || len(actors) > 25 {
		refuse(w, "InvalidRequest", "actors must be 1 to 25")
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.asked++
	b := []byte(`{"profiles":[`)
	for _, did := range actors {
		p, ok := s.profiles[did]
		if !ok && !strings.HasPrefix(did, "did:") {
			did, p, ok = s.byHandle(did)
		}
		if !ok {
			continue
		}
		if b[len(b)-1] != '[' {
			b = append(b, ',')
		}
		b = fmt.Appendf(b, `{"did":%q,"handle":%s,"displayName":%s,"followersCount":%d,"labels":[]}`,
			did, hearth.AppendQuoted(nil, p.Handle), hearth.AppendQuoted(nil, p.Name), p.Followers)
	}
	w.Header().Set("Content-Type", "application/json")
	w.Write(append(b, `]}`...))
}

func (s *Server) byHandle(handle string) (did string, p Profile, ok bool) {
	for did, p := range s.profiles {
		if p.Handle == handle {
			return did, p, true
		}
	}
	return "", p, false
}

func (s *Server) getDictionary(w http.ResponseWriter, r *http.Request) {
	dictionary, err := s.ownDictionary()
	if err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "application/octet-stream")
	w.Write(dictionary)
}

// dictionaryID is the id of the host's own dictionary.
const dictionaryID = 20261101

// ownDictionary is the given dictionary, or one made of invented events.
func (s *Server) ownDictionary() ([]byte, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.dictionary != nil {
		return s.dictionary, nil
	}
	var samples [][]byte
	world := NewWorld(1)
	for i := range int64(200) {
		p := world.Post()
		e := event{
			seq: i, micros: Epoch.UnixMicro() + i, did: p.Author.ID, kind: "commit",
			body: commit("create", postCollection, key(i+1), i+1, record(&p, Epoch)),
		}
		samples = append(samples, e.frame(nil, 2))
	}
	dictionary, err := zstd.BuildDict(zstd.BuildDictOptions{
		ID: dictionaryID, Contents: samples, History: bytes.Join(samples[:40], nil), Offsets: [3]int{1, 4, 8},
	})
	s.dictionary = dictionary
	return dictionary, err
}
