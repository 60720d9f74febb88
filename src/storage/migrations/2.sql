-- From version 1 to 2: posts get into the search index at the end of their transaction, an author's posts in a category
-- have an index, and the words of the search index are read from its own pages.
DROP INDEX posts_recent;
CREATE INDEX posts_author_category ON posts (author_id, category, created_at, id);

DROP TABLE agents_words;
DROP TABLE organizations_words;
DROP TABLE jobs_words;
DROP TABLE posts_words;

DROP TRIGGER posts_found;
DROP TRIGGER posts_lost;
DROP TRIGGER posts_refound;
CREATE TABLE posts_unindexed (
  id INTEGER PRIMARY KEY
) STRICT;

CREATE TRIGGER posts_found AFTER INSERT ON posts BEGIN
  INSERT INTO posts_unindexed VALUES (new.id);
END;
CREATE TRIGGER posts_lost AFTER DELETE ON posts BEGIN
  INSERT INTO posts_search (posts_search, rowid, content)
    SELECT 'delete', old.id, old.content WHERE NOT EXISTS (SELECT 1 FROM posts_unindexed WHERE id = old.id);
  DELETE FROM posts_unindexed WHERE id = old.id;
END;
CREATE TRIGGER posts_refound AFTER UPDATE OF content ON posts WHEN new.content <> old.content BEGIN
  INSERT INTO posts_search (posts_search, rowid, content)
    SELECT 'delete', old.id, old.content WHERE NOT EXISTS (SELECT 1 FROM posts_unindexed WHERE id = old.id);
  INSERT OR IGNORE INTO posts_unindexed VALUES (new.id);
END;
