package corpus

import (
	"bufio"
	"encoding/json"
	"os"
)

// Lesson is one question that a trainer puts to one row, as it writes it for
// others to learn and to be measured with: the same posts, the same parts.
type Lesson struct {
	Set  string `json:"set"`
	Lang string `json:"lang"`
	Text string `json:"text"`
	Task string `json:"task"`
	Want string `json:"want"`
	// Fold is the part that the row lies in where parts are left out in turn;
	// -1 is learnt from in every turn.
	Fold int `json:"fold"`
	// Test says that the row is measured with and never learnt from.
	Test bool `json:"test,omitempty"`
	// Got is what a head answers that did not learn from the row's part.
	Got string `json:"got,omitempty"`
}

// WriteLessons writes lessons as JSON lines. The texts are people's: the file
// belongs beside the data sets or into a folder that is removed again.
func WriteLessons(path string, lessons []Lesson) error {
	file, err := os.Create(path)
	if err != nil {
		return err
	}
	defer file.Close()
	out := bufio.NewWriter(file)
	encoder := json.NewEncoder(out)
	for _, l := range lessons {
		if err := encoder.Encode(l); err != nil {
			return err
		}
	}
	if err := out.Flush(); err != nil {
		return err
	}
	return file.Close()
}

// ReadLessons reads what WriteLessons wrote.
func ReadLessons(path string) ([]Lesson, error) {
	file, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	var lessons []Lesson
	for decoder := json.NewDecoder(bufio.NewReader(file)); decoder.More(); {
		var l Lesson
		if err := decoder.Decode(&l); err != nil {
			return nil, err
		}
		lessons = append(lessons, l)
	}
	return lessons, nil
}
