<?php
// Like an application: a connection that is kept from one request to the next, and one of many tables.
$connection = new mysqli('p:127.0.0.1', 'root', '', '', 3306);
$connection->query('create database if not exists shop');
$table = 'shop.t' . random_int(0, 250);
$connection->query("create table if not exists $table (id int primary key) engine=InnoDB");
echo $connection->query("select count(*) from $table")->fetch_row()[0];
