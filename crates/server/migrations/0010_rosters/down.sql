drop table roster_members;
drop table rosters;
drop table recipients;
