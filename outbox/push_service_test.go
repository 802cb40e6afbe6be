package outbox_test

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/ecdh"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/hkdf"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math/big"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"hearth"
)

// subscriber is a browser's end of a subscription.
type subscriber struct {
	key  *ecdh.PrivateKey
	auth []byte
}

// open decrypts a body of aes128gcm (RFC 8188, 8291) with one record.
func (s *subscriber) open(body []byte) ([]byte, error) {
	if len(body) < 21 || len(body) < 21+int(body[20]) {
		return nil, errors.New("the header is cut off")
	}
	salt, size, sender, record := body[:16], binary.BigEndian.Uint32(body[16:20]), body[21:21+int(body[20])], body[21+int(body[20]):]
	if len(record) > int(size) {
		return nil, fmt.Errorf("%d bytes are more than one record of %d", len(record), size)
	}
	public, err := ecdh.P256().NewPublicKey(sender)
	if err != nil {
		return nil, err
	}
	shared, err := s.key.ECDH(public)
	if err != nil {
		return nil, err
	}
	ikm, err := hkdf.Key(sha256.New, shared, s.auth, "WebPush: info\x00"+string(s.key.PublicKey().Bytes())+string(sender), 32)
	if err != nil {
		return nil, err
	}
	key, err := hkdf.Key(sha256.New, ikm, salt, "Content-Encoding: aes128gcm\x00", 16)
	if err != nil {
		return nil, err
	}
	nonce, err := hkdf.Key(sha256.New, ikm, salt, "Content-Encoding: nonce\x00", 12)
	if err != nil {
		return nil, err
	}
	block, err := aes.NewCipher(key)
	if err != nil {
		return nil, err
	}
	gcm, err := cipher.NewGCM(block)
	if err != nil {
		return nil, err
	}
	plain, err := gcm.Open(nil, nonce, record, nil)
	if err != nil {
		return nil, err
	}
	text := strings.TrimRight(string(plain), "\x00")
	if !strings.HasSuffix(text, "\x02") {
		return nil, errors.New("the last record has no end")
	}
	return []byte(strings.TrimSuffix(text, "\x02")), nil
}

// told is what a browser got.
type told struct {
	header http.Header
	text   string
	Title  string `json:"title"`
	Link   string `json:"link"`
	Tag    string `json:"tag"`
	Urgent bool   `json:"urgent"`
}

// service is a message service of browsers (RFC 8030): it takes what is signed
// by the key that the browser subscribed with (RFC 8292), and nothing else.
type service struct {
	*httptest.Server
	t   *testing.T
	key string // that subscriptions are bound to

	mu      sync.Mutex
	clients map[string]*subscriber // by path
	got     map[string][]told
	answer  int // 0: 201
}

func openService(t *testing.T, key string) *service {
	s := &service{t: t, key: key, clients: map[string]*subscriber{}, got: map[string][]told{}}
	s.Server = httptest.NewServer(http.HandlerFunc(s.serve))
	t.Cleanup(s.Close)
	return s
}

// subscribe is a browser that subscribes.
func (s *service) subscribe(name string) (subscription string) {
	s.t.Helper()
	key, err := ecdh.P256().GenerateKey(rand.Reader)
	if err != nil {
		s.t.Fatal(err)
	}
	client := &subscriber{key: key, auth: make([]byte, 16)}
	rand.Read(client.auth)
	s.mu.Lock()
	defer s.mu.Unlock()
	s.clients["/push/"+name] = client
	text, err := json.Marshal(map[string]any{"endpoint": s.URL + "/push/" + name, "expirationTime": nil, "keys": map[string]string{
		"p256dh": base64.RawURLEncoding.EncodeToString(key.PublicKey().Bytes()), "auth": base64.RawURLEncoding.EncodeToString(client.auth),
	}})
	if err != nil {
		s.t.Fatal(err)
	}
	return string(text)
}

func (s *service) serve(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(io.LimitReader(r.Body, 4097))
	s.mu.Lock()
	defer s.mu.Unlock()
	client := s.clients[r.URL.Path]
	switch {
	case s.answer != 0:
		w.WriteHeader(s.answer)
		return
	case client == nil:
		w.WriteHeader(http.StatusGone)
		return
	case err != nil || len(body) > 4096:
		w.WriteHeader(http.StatusRequestEntityTooLarge)
		return
	}
	if err := s.judge(r); err != nil {
		s.t.Errorf("the service refuses: %v", err)
		w.WriteHeader(http.StatusForbidden)
		return
	}
	plain, err := client.open(body)
	m := told{header: r.Header.Clone(), text: string(plain)}
	if err == nil {
		err = json.Unmarshal(plain, &m)
	}
	if err != nil {
		s.t.Errorf("the browser cannot read %q: %v", plain, err)
	}
	s.got[r.URL.Path] = append(s.got[r.URL.Path], m)
	w.Header().Set("Location", s.URL+"/message/1")
	w.WriteHeader(http.StatusCreated)
}

// judge looks at who sent a message.
func (s *service) judge(r *http.Request) error {
	token, found := strings.CutPrefix(r.Header.Get("Authorization"), "vapid t=")
	token, key, both := strings.Cut(token, ", k=")
	if !found || !both || key != s.key {
		return fmt.Errorf("the key is %q, not the one that the browser subscribed with", key)
	}
	public, err := base64.RawURLEncoding.DecodeString(key)
	if err != nil {
		return err
	}
	signer, err := ecdsa.ParseUncompressedPublicKey(elliptic.P256(), public)
	if err != nil {
		return err
	}
	parts := strings.Split(token, ".")
	if len(parts) != 3 {
		return fmt.Errorf("%q is no token", token)
	}
	signature, err := base64.RawURLEncoding.DecodeString(parts[2])
	sum := sha256.Sum256([]byte(parts[0] + "." + parts[1]))
	if err != nil || len(signature) != 64 ||
		!ecdsa.Verify(signer, sum[:], new(big.Int).SetBytes(signature[:32]), new(big.Int).SetBytes(signature[32:])) {
		return errors.New("the token is not signed by the key")
	}
	var claims struct {
		Aud, Sub string
		Exp      int64
	}
	text, err := base64.RawURLEncoding.DecodeString(parts[1])
	if err == nil {
		err = json.Unmarshal(text, &claims)
	}
	left := time.Unix(claims.Exp, 0).Sub(hearth.SystemClock())
	switch {
	case err != nil:
		return err
	case claims.Aud != s.URL:
		return fmt.Errorf("it is for %q", claims.Aud)
	case !strings.HasPrefix(claims.Sub, "mailto:") && !strings.HasPrefix(claims.Sub, "https:"):
		return fmt.Errorf("nobody can be asked at %q", claims.Sub)
	case left <= 0 || left > 24*time.Hour:
		return fmt.Errorf("it holds for %s", left)
	case r.Header.Get("TTL") == "" || len(r.Header.Get("Topic")) > 32 || r.Header.Get("Content-Encoding") != "aes128gcm":
		return fmt.Errorf("the header is wrong: %v", r.Header)
	}
	return nil
}

func (s *service) told(name string) []told {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]told{}, s.got["/push/"+name]...)
}

// proves that the browser of these tests reads what browsers read: RFC 8291,
// section 5.
func TestTheBrowserOfTheTestsReadsTheExampleOfTheStandard(t *testing.T) {
	t.Parallel()
	decode := func(text string) []byte {
		b, err := base64.RawURLEncoding.DecodeString(text)
		if err != nil {
			t.Fatal(err)
		}
		return b
	}
	key, err := ecdh.P256().NewPrivateKey(decode("q1dXpw3UpT5VOmu_cf_v6ih07Aems3njxI-JWgLcM94"))
	if err != nil {
		t.Fatal(err)
	}
	body := decode("DGv6ra1nlYgDCS1FRnbzlwAAEABBBP4z9KsN6nGRTbVYI_c7VJSPQTBtkgcy27mlmlMoZIIgDll6e3vCYLocInmYWAmS6TlzAC8wEqKK6PBru3jl7A_yl95bQpu6cVPTpK4Mqgkf1CXztLVBSt2Ks3oZwbuwXPXLWyouBWLVWGNWQexSgSxsj_Qulcy4a-fN")
	reader := subscriber{key: key, auth: decode("BTBZMqHH6r4Tts7J_aSIgg")}
	plain, err := reader.open(body)
	if err != nil || string(plain) != "When I grow up, I want to be a watermelon" {
		t.Fatalf("%q, %v", plain, err)
	}
	body[len(body)-1] ^= 1
	if _, err := reader.open(body); err == nil {
		t.Error("a changed message is read")
	}
}
